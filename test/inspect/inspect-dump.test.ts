import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { allocators } from '../../src/allocators/index.ts';
import { type DumpFacts, inspectDump } from '../../src/inspect/inspect-dump.ts';
import { openDumps } from '../../src/open-dumps.ts';
import { printDumpFacts } from '../../src/reports/dump-facts.ts';
import { openSymbols } from '../../src/symbols/open-symbols.ts';
import { createByteWriter } from '../synth/byte-writer.ts';
import { writeElfCore } from '../synth/synth-elf-core.ts';
import { synthElfFile } from '../synth/synth-elf-file.ts';
import { writeMinidump } from '../synth/synth-minidump.ts';

const folder = mkdtempSync(join(tmpdir(), 'leakviz-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function inspect(bytes: Uint8Array, modules?: string): Promise<DumpFacts> {
  const path = join(folder, 'dump');
  writeFileSync(path, bytes);
  const [dump] = await openDumps([path]);
  const symbols = openSymbols(dump!.memory, { folders: modules === undefined ? [] : [modules] });
  const facts = await inspectDump(dump!, { allocators, symbols });
  symbols.close();
  dump!.close();
  return facts;
}

const print = (facts: DumpFacts, listsAll = false) =>
  printDumpFacts(facts, { columns: 120, color: false, unicode: true }, listsAll);

const page = 4096;
const bytesOf = (count: number) => new Uint8Array(count * page).fill(1);

describe('a minidump', () => {
  const guid = createByteWriter();
  guid.text('RSDS');
  guid.u32(0x01020304);
  guid.u16(0x0506);
  guid.u16(0x0708);
  guid.bytes(Uint8Array.of(9, 10, 11, 12, 13, 14, 15, 16));
  guid.u32(2);
  guid.text('a.pdb\0');
  const list = (count: number) => Uint8Array.of(12, 0, 0, 0, 16, 0, 0, 0, count & 0xff, count >>> 8, 0, 0);
  const dump = writeMinidump({
    processId: 7,
    modules: [
      { address: 0x10000, size: page, path: 'C:\\a.exe', version: [10, 0, 19041, 1], codeView: guid.toBytes() },
      { address: 0x20000, size: page, path: '/lib/b.so', codeView: Uint8Array.of(0x4c, 0x45, 0x70, 0x42, 0xab, 0xcd) },
      { address: 0x30000, size: page, path: 'C:\\\u001b[2Jc.dll' },
    ],
    memoryInfo: [
      { address: 0x40000, size: 4 * page },
      { address: 0x50000, size: page, state: 0x10000 },
    ],
    otherStreams: [
      { type: 12, bytes: list(302) },
      { type: 14, bytes: list(3) },
    ],
    ranges: [{ address: 0x40000, bytes: bytesOf(1) }],
  });

  test('tells versions and debug ids of its modules', async () => {
    const { modules } = await inspect(dump);
    expect(modules.map(({ path, version, debugId }) => [path, version, debugId])).toEqual([
      ['C:\\a.exe', '10.0.19041.1', '0102030405060708090A0B0C0D0E0F102'],
      ['/lib/b.so', null, 'abcd'],
      ['C:\\\u001b[2Jc.dll', null, null],
    ]);
  });

  test('tells of each kind of memory how much was left out', async () => {
    const { regions } = await inspect(dump);
    expect(regions).toEqual([{ kind: 'private', count: 1, mappedBytes: 4 * page, capturedBytes: page }]);
  });

  test('tells what else is in it', async () => {
    const { details } = await inspect(dump);
    expect(Object.fromEntries(details.map(({ name, value }) => [name, value]))).toMatchObject({
      Kind: 'with full memory (flags 0x2)',
      Described: '2 stretches of addresses, free ones among them',
      Handles: '302 open',
      Unloaded: '3 modules',
    });
  });

  test('is printed without anything that a terminal would obey; debug ids only when all is asked for', async () => {
    const facts = await inspect(dump);
    expect(print(facts)).not.toContain('\u001b');
    expect(print(facts)).toContain('10.0.19041.1');
    expect(print(facts)).not.toContain('0102030405060708');
    expect(print(facts, true)).toContain('0102030405060708');
  });
});

describe('an ELF core', () => {
  /** Headers of a library, with a build-id in a note at 0x100. */
  function library(): Uint8Array {
    const image = createByteWriter();
    image.bytes(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1));
    image.zeros(9);
    image.u16(3);
    image.u16(62);
    image.u32(1);
    image.u64(0);
    image.u64(64);
    image.zeros(14);
    for (const field of [56, 2, 0, 0, 0]) image.u16(field);
    for (const [type, offset, size] of [
      [1, 0, page],
      [4, 0x100, 20],
    ] as const) {
      image.u32(type);
      image.u32(4);
      for (const field of [offset, offset, 0, size, size, 8]) image.u64(field);
    }
    image.zeros(0x100 - image.offset());
    for (const field of [4, 4, 3]) image.u32(field);
    image.text('GNU\0');
    image.bytes(Uint8Array.of(0xde, 0xad, 0xbe, 0xef));
    image.zeros(page - image.offset());
    return image.toBytes();
  }

  test('tells build-ids, segments that nothing can access, and names that the kernel gave', async () => {
    const facts = await inspect(
      writeElfCore({
        machine: 43,
        littleEndian: true,
        process: { id: 5, name: 'worker' },
        auxiliary: [[9, 0x10010]],
        files: [{ start: 0x10000, end: 0x11000, path: '/usr/bin/app' }],
        segments: [
          { address: 0x10000, bytes: library(), flags: 5 },
          { address: 0x20000, memorySize: 3 * page },
          { address: 0x40000, bytes: bytesOf(2), memorySize: 8 * page, flags: 0 },
        ],
      }),
    );
    expect(facts).toMatchObject({ processName: 'app', processId: 5, mappedBytes: 4 * page, capturedBytes: page });
    expect(facts.modules).toMatchObject([{ path: '/usr/bin/app', debugId: 'deadbeef' }]);
    expect(Object.fromEntries(facts.details.map(({ name, value }) => [name, value]))).toEqual({
      Machine: 'sparc64',
      Segments: '3, 1 of them without bytes',
      'No access': `${8 * page} bytes in 1 segment, ${2 * page} of them in the file`,
      'Mapped files': '1 mapping',
      'Thread name': 'worker',
    });
    expect(facts.regions).toContainEqual({ kind: 'private', count: 1, mappedBytes: 3 * page, capturedBytes: 0 });
    expect(facts.leftOut).toEqual({ modules: 0, moduleBytes: 0, otherBytes: 0 });
    expect(print(facts)).not.toContain('Left out');
  });

  test('tells what a filter dropped, and what a file fills in without being captured', async () => {
    const file = synthElfFile({});
    const core = writeElfCore({
      littleEndian: true,
      files: [{ start: 0x10000, end: 0x15000, path: '/opt/libfoo.so.1' }],
      segments: [
        { address: 0x10000, memorySize: 2 * page, flags: 4 },
        { address: 0x12000, bytes: bytesOf(3), flags: 6 },
      ],
    });
    const plain = await inspect(core);
    expect(plain.leftOut).toEqual({ modules: 1, moduleBytes: 2 * page, otherBytes: 0 });
    expect(plain.filledIn).toBeNull();
    expect(print(plain)).toMatch(/Left out +8 KB of 1 module; see --modules/);
    const modules = join(folder, 'modules');
    mkdirSync(modules);
    writeFileSync(join(modules, 'libfoo.so.1'), file);
    const filled = await inspect(core, modules);
    expect(filled.filledIn).toEqual({ bytes: 2 * page, files: 1 });
    expect(filled.capturedBytes).toBe(plain.capturedBytes);
    expect(filled.regions).toEqual(plain.regions);
    expect(print(filled)).toMatch(/Filled in +8 KB from 1 file of modules/);
  });
});

test('of raw bytes no system is named, for there is none to be seen', async () => {
  expect(print(await inspect(Buffer.from('hello\n')))).toMatch(/^Format +raw, 64 bit$/m);
});
