import { describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { LeakvizError } from '../../src/errors.ts';
import { openMemory } from '../../src/memory/dump-memory.ts';
import type { Dump } from '../../src/model/dump.ts';
import { createByteWriter } from '../synth/byte-writer.ts';
import { machoImage, type SynthMachoCore, writeMachoCore } from '../synth/synth-macho-core.ts';
import { openDump } from './open-dump.ts';

const page = 4096;
const x64 = 0x01000007;
const arm64 = 0x0100000c;
const i386 = 7;
const ppc = 18;

const open = (core: SynthMachoCore): Dump => openDump(memorySource(writeMachoCore(core)));

const summary = (dump: Dump) =>
  dump.regions.map(({ start, end, kind, readable, writable, executable, name }) => {
    const rights = `${readable ? 'r' : '-'}${writable ? 'w' : '-'}${executable ? 'x' : '-'}`;
    return `${start.toString(16)} ${(end - start) / page} ${kind} ${rights} ${name}`.trimEnd();
  });

describe.each([
  ['x64', x64, false, 8],
  ['arm64', arm64, false, 8],
  ['x86', i386, false, 4],
  ['other', ppc, true, 4],
] as const)('%s', (architecture, processor, bigEndian, pointerSize) => {
  const base = 0x10000000;

  test('memory, stacks and rights are read', () => {
    const core = {
      processor,
      bigEndian,
      threads: [base + 0x20010, base + 0x30010],
      segments: [
        { address: base, bytes: new Uint8Array(page).fill(1), rights: 5 },
        { address: base + 0x20000, bytes: new Uint8Array(page).fill(2) },
        { address: base + 0x30000, bytes: new Uint8Array(page).fill(3), memorySize: 2 * page },
        { address: base + 0x40000, bytes: new Uint8Array(page).fill(4), rights: 0 },
      ],
    };
    const source = memorySource(writeMachoCore(core));
    const dump = openDump(source);
    expect(dump).toMatchObject({ format: 'macho-core', operatingSystem: 'macos', architecture, pointerSize });
    expect(dump).toMatchObject({ littleEndian: !bigEndian, addressSpace: 'virtual', warnings: [] });
    expect(dump.threads.map(({ id, stackPointer }) => [id, stackPointer])).toEqual([
      [1, base + 0x20010],
      [2, base + 0x30010],
    ]);
    expect(summary(dump)).toEqual([
      '10000000 1 private r-x',
      '10020000 1 stack rw- [stack:1]',
      '10030000 2 stack rw- [stack:2]',
    ]);
    const memory = openMemory(dump, source);
    expect([0, 0x20000, 0x30000, 0x31000].map((at) => memory.u8(base + at))).toEqual([1, 2, 3, undefined]);
  });

  test("images are read from dyld's own list, moved as they are", () => {
    const linker = base + 0x100000;
    const infos = base + 0x110000;
    const program = base + 0x200000;
    const list = createByteWriter(!bigEndian);
    list.u32(1);
    list.u32(2);
    list.word(infos + 0x100, pointerSize);
    list.zeros(0x100 - list.offset());
    const paths = [infos + 0x200, infos + 0x300];
    for (const [index, address] of [program, base + 0x300000].entries()) {
      list.word(address, pointerSize);
      list.word(paths[index]!, pointerSize);
      list.word(0, pointerSize);
    }
    list.zeros(0x200 - list.offset());
    list.text('/usr/local/bin/server', 0x100);
    list.text('/usr/lib/gone.dylib', 0x100);
    const dump = open({
      processor,
      bigEndian,
      segments: [
        {
          address: linker,
          bytes: machoImage(
            {
              processor,
              bigEndian,
              fileType: 7,
              segments: [
                { name: '__TEXT', address: 0x1000, size: page },
                { name: '__DATA', address: 0x11000, size: page },
              ],
              section: { name: '__all_image_info', address: 0x11000 },
            },
            page,
          ),
          rights: 5,
        },
        { address: infos, bytes: list.toBytes() },
        {
          address: program,
          bytes: machoImage(
            {
              processor,
              bigEndian,
              fileType: 2,
              segments: [
                { name: '__PAGEZERO', address: 0, size: page },
                { name: '__TEXT', address: page, size: page },
                { name: '__DATA', address: 3 * page, size: page },
              ],
            },
            page,
          ),
          rights: 5,
        },
        { address: program + 2 * page, bytes: new Uint8Array(2 * page) },
      ],
    });
    expect(dump.processName).toBe('server');
    expect(dump.modules).toEqual([{ start: program, end: program + page, path: '/usr/local/bin/server' }]);
    expect(summary(dump).slice(2)).toEqual([
      '10200000 1 image r-x /usr/local/bin/server',
      '10202000 1 image rw- /usr/local/bin/server',
      '10203000 1 private rw-',
    ]);
  });
});

test('images are read from the note that newer writers put into the file', () => {
  const dump = open({
    images: [{ address: 0x100000000, path: '/Applications/A.app/Contents/MacOS/A' }],
    segments: [
      {
        address: 0x100000000,
        bytes: machoImage({ fileType: 2, segments: [{ name: '__TEXT', address: 0x100000000, size: page }] }, page),
        rights: 5,
      },
    ],
  });
  expect(dump.processName).toBe('A');
  expect(summary(dump)).toEqual(['100000000 1 image r-x /Applications/A.app/Contents/MacOS/A']);
});

test('registers within a state of another kind are found', () => {
  const dump = open({
    threads: [0x7ff0],
    wrappedStates: true,
    segments: [{ address: 0x7000, bytes: new Uint8Array(page) }],
  });
  expect(dump.threads[0]!.stackPointer).toBe(0x7ff0);
});

test('a core that was cut off keeps what is there', () => {
  const bytes = writeMachoCore({ segments: [{ address: 0x1000, bytes: new Uint8Array(8 * page).fill(1) }] });
  const dump = openDump(memorySource(bytes.subarray(0, bytes.length - 3 * page)));
  expect(dump.warnings.map(({ code }) => code)).toEqual(['truncated']);
  expect([...dump.captured]).toMatchObject([{ start: 0x1000, size: 5 * page }]);
});

test('a fat file is refused with what to do; a Java class is none', () => {
  const fat = createByteWriter(false);
  fat.u32(0xcafebabe);
  fat.u32(2);
  fat.zeros(100);
  expect(() => openDump(memorySource(fat.toBytes()))).toThrow(LeakvizError);
  expect(() => openDump(memorySource(fat.toBytes()))).toThrow(/fat/);
  const java = createByteWriter(false);
  java.u32(0xcafebabe);
  java.u32(61);
  java.zeros(100);
  expect(openDump(memorySource(java.toBytes())).format).toBe('raw');
});
