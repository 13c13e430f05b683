import { describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { MalformedDumpError } from '../../src/errors.ts';
import { openMemory } from '../../src/memory/dump-memory.ts';
import type { Dump } from '../../src/model/dump.ts';
import { createByteWriter } from '../synth/byte-writer.ts';
import { type SynthMinidump, writeMinidump } from '../synth/synth-minidump.ts';
import { openDump } from './open-dump.ts';

const page = 4096;
const reserve = 0x2000;
const free = 0x10000;
const mapped = 0x40000;
const image = 0x1000000;

function open(dump: SynthMinidump): Dump {
  return openDump(memorySource(writeMinidump(dump)));
}

function summary(dump: Dump): string[] {
  return dump.regions.map((region) => {
    const rights = `${region.readable ? 'r' : '-'}${region.writable ? 'w' : '-'}${region.executable ? 'x' : '-'}`;
    return `${region.start.toString(16)} ${(region.end - region.start) / page} ${region.kind} ${rights} ${region.name}`;
  });
}

function pages(count: number, value = 1): Uint8Array {
  return new Uint8Array(count * page).fill(value);
}

test('tells system, process and time', () => {
  const dump = open({
    timeDateStamp: 1_500_000_000,
    processId: 4711,
    modules: [
      { address: 0x140000000, size: page, path: 'C:\\tools\\server.exe' },
      { address: 0x10000, size: page, path: 'C:\\Windows\\ntdll.dll' },
    ],
    ranges: [{ address: 0x50000, bytes: pages(1) }],
  });
  expect(dump).toMatchObject({ format: 'minidump', operatingSystem: 'windows', architecture: 'x64', pointerSize: 8 });
  expect(dump).toMatchObject({ processId: 4711, processName: 'server.exe', addressSpace: 'virtual', warnings: [] });
  expect(dump.capturedAt?.toISOString()).toBe('2017-07-14T02:40:00.000Z');
  expect(dump.modules.map(({ path }) => path)).toEqual(['C:\\Windows\\ntdll.dll', 'C:\\tools\\server.exe']);
});

test('memory is found though it begins at an odd offset and some ranges are empty', () => {
  const bytes = writeMinidump({
    misalignment: 3,
    ranges: [
      { address: 0x30000, bytes: pages(1, 3) },
      { address: 0x50000, bytes: new Uint8Array(0) },
      { address: 0x10000, bytes: pages(1, 1) },
      { address: 0x11000, bytes: pages(1, 2) },
    ],
  });
  const dump = openDump(memorySource(bytes));
  const memory = openMemory(dump, memorySource(bytes));
  expect(dump.captured.map(({ start, size }) => [start, size])).toEqual([
    [0x10000, page],
    [0x11000, page],
    [0x30000, page],
  ]);
  expect(dump.captured.at(0)!.fileOffset % 2).toBe(1);
  expect([memory.u8(0x10000), memory.u8(0x11000), memory.u8(0x30000), memory.u8(0x50000)]).toEqual([
    1,
    2,
    3,
    undefined,
  ]);
});

describe.each([false, true])('lists with padding after the count: %s', (paddedLists) => {
  test('read the same', () => {
    const dump = open({
      paddedLists,
      modules: [{ address: 0x140000000, size: page, path: 'a.exe' }],
      threads: [
        { id: 1, stackPointer: 0x10008 },
        { id: 2, stackPointer: 0x20008 },
      ],
      smallRanges: [
        { address: 0x10000, bytes: pages(1) },
        { address: 0x20000, bytes: pages(1) },
      ],
    });
    expect(dump.modules).toMatchObject([{ start: 0x140000000, path: 'a.exe' }]);
    expect(dump.threads.map(({ id, stackPointer }) => [id, stackPointer])).toEqual([
      [1, 0x10008],
      [2, 0x20008],
    ]);
    expect(summary(dump)).toEqual([
      '10000 1 stack rw- [stack:1]',
      '20000 1 stack rw- [stack:2]',
      '140000000 1 image rwx a.exe',
    ]);
    expect(dump.warnings).toEqual([]);
  });
});

describe('a list of memory regions', () => {
  const threadBlock = 0x60000;
  const dump = open({
    memoryInfo: [
      { address: 0x0, size: 0x10000, state: free, protect: 1, type: 0 },
      { address: 0x10000, size: 2 * page },
      { address: 0x12000, size: page, protect: 0x104 },
      { address: 0x13000, size: page, protect: 1 },
      { address: 0x14000, size: page, state: reserve, protect: 0 },
      { address: 0x20000, size: page, protect: 2, type: mapped },
      { address: 0x30000, size: page, protect: 0x20, type: image },
      { address: 0x31000, size: page, protect: 8, type: image },
      { address: 0x40000, size: 2 * page },
      { address: threadBlock, size: page },
      { address: 0x70000, size: page, state: 0x1ff3 },
      { address: 0x71000, size: page, protect: 0x33 },
      { address: 0x80000, size: page, protect: 0x40, type: 0 },
    ],
    modules: [{ address: 0x30000, size: 2 * page, path: 'C:\\a.dll' }],
    threads: [{ id: 12, stackPointer: 0x41800, environmentBlock: threadBlock }],
    ranges: [
      { address: threadBlock, bytes: threadInformationBlock(threadBlock, 0x42000, 0x40000) },
      { address: 0x90000, bytes: pages(1) },
    ],
  });

  test('gives the memory that can be accessed, with kinds, rights and names', () => {
    expect(summary(dump)).toEqual([
      '10000 2 private rw- ',
      '20000 1 mapped-file r-- ',
      '30000 1 image r-x C:\\a.dll',
      '31000 1 image rw- C:\\a.dll',
      '40000 2 stack rw- [stack:12]',
      '60000 1 private rw- ',
      '80000 1 unknown rwx ',
      // Captured, though the list does not have it.
      '90000 1 private rw- ',
    ]);
  });

  test('with entries that cannot be gives a warning', () => {
    expect(dump.warnings).toMatchObject([{ code: 'bad-region', message: expect.stringContaining('1 more') }]);
  });
});

/** The first fields of a TEB: ExceptionList, StackBase, StackLimit, three more, Self. */
function threadInformationBlock(address: number, stackBase: number, stackLimit: number): Uint8Array {
  const block = createByteWriter();
  for (const field of [0, stackBase, stackLimit, 0, 0, 0, address]) block.u64(field);
  block.align(page);
  return block.toBytes();
}

test('without a list of regions, captured ranges are cut at modules and stacks', () => {
  const threadBlock = 0x60000;
  const dump = open({
    modules: [
      { address: 0x30000, size: 2 * page, path: 'a.dll' },
      { address: 0x100000, size: page, path: 'not-captured.dll' },
    ],
    threads: [{ id: 3, stackPointer: 0x20010, environmentBlock: threadBlock }],
    ranges: [
      { address: 0x10000, bytes: pages(0x30) },
      { address: threadBlock, bytes: threadInformationBlock(threadBlock, 0x21000, 0x1f000) },
    ],
  });
  expect(summary(dump)).toEqual([
    '10000 15 private rw- ',
    '1f000 2 stack rw- [stack:3]',
    '21000 15 private rw- ',
    '30000 2 image rwx a.dll',
    '32000 14 private rw- ',
    '60000 1 private rw- ',
    '100000 1 image rwx not-captured.dll',
  ]);
});

test('the maps of Linux name the regions', () => {
  const linuxMaps = [
    '00400000-00401000 r-xp 00000000 08:01 1234      /opt/my server',
    '00600000-00601000 rw-p 00000000 08:01 1234      /opt/my server',
    '00700000-00702000 rw-p 00000000 00:00 0         [heap]',
    '7f0000000000-7f0000001000 ---p 00000000 00:00 0 ',
    '7f0000001000-7f0000002000 rw-p 00000000 00:00 0 ',
    '7f0000002000-7f0000003000 r--s 00000000 08:01 7 /var/data',
    '7ffd00000000-7ffd00002000 rw-p 00000000 00:00 0 [stack]',
    'ffffffffff600000-ffffffffff601000 r-xp 00000000 00:00 0 [vsyscall]',
    'no map at all',
  ].join('\n');
  const dump = open({ platform: 0x8201, linuxMaps, smallRanges: [{ address: 0x700000, bytes: pages(1) }] });
  expect(dump.operatingSystem).toBe('linux');
  expect(summary(dump)).toEqual([
    '-a00000 1 image r-x [vsyscall]',
    '400000 1 image r-x /opt/my server',
    '600000 1 image rw- /opt/my server',
    '700000 2 heap rw- [heap]',
    '7f0000001000 1 private rw- ',
    '7f0000002000 1 mapped-file r-- /var/data',
    '7ffd00000000 2 stack rw- [stack]',
  ]);
  expect(dump.warnings).toMatchObject([{ code: 'bad-region' }]);
});

test('addresses of 32-bit processes are unsigned, though some writers sign-extend them', () => {
  const dump = open({
    processor: 0,
    threads: [{ id: 1, stackPointer: 0xc0000010 }],
    ranges: [{ address: -0x40000000, bytes: pages(1) }],
  });
  expect(dump).toMatchObject({ architecture: 'x86', pointerSize: 4 });
  expect(summary(dump)).toEqual(['c0000000 1 stack rw- [stack:1]']);
});

test('without a description of the system the rest is used', () => {
  const dump = open({ withoutSystemInfo: true, ranges: [{ address: 0x10000, bytes: pages(1) }] });
  expect(dump).toMatchObject({ architecture: 'unknown', operatingSystem: 'unknown', pointerSize: 8, processId: null });
  expect(dump.regions).toHaveLength(1);
});

test('of a stream that is there twice, the first counts', () => {
  const second = createByteWriter();
  second.u32(24);
  second.u32(1);
  second.u32(999);
  second.zeros(12);
  const dump = open({ processId: 5, otherStreams: [{ type: 15, bytes: second.toBytes() }] });
  expect(dump.processId).toBe(5);
  expect(dump.warnings).toContainEqual(expect.objectContaining({ code: 'duplicate-stream' }));
});

test('overlapping ranges are captured once', () => {
  const dump = open({
    ranges: [{ address: 0x10000, bytes: pages(2, 1) }],
    smallRanges: [
      { address: 0x11800, bytes: pages(1, 2) },
      { address: 0x10800, bytes: new Uint8Array(16) },
    ],
  });
  expect(dump.captured.map(({ start, size }) => [start, size])).toEqual([
    [0x10000, 2 * page],
    [0x12000, 0x800],
  ]);
});

describe('a file that is cut off', () => {
  const bytes = writeMinidump({
    ranges: [
      { address: 0x10000, bytes: pages(2) },
      { address: 0x20000, bytes: pages(2) },
    ],
  });

  test('keeps what is there, and says what is missing', () => {
    const dump = openDump(memorySource(bytes.subarray(0, bytes.length - 3 * page)));
    expect(dump.captured.map(({ start, size }) => [start, size])).toEqual([[0x10000, page]]);
    expect(dump.warnings).toMatchObject([{ code: 'truncated', message: expect.stringContaining(`${3 * page} bytes`) }]);
  });

  test('has regions where its memory is missing: not captured is not given back', () => {
    const dump = openDump(memorySource(bytes.subarray(0, bytes.length - 3 * page)));
    expect(dump.regions.map(({ start, end, kind }) => [start, end, kind])).toEqual([
      [0x10000, 0x10000 + 2 * page, 'private'],
      [0x20000, 0x20000 + 2 * page, 'private'],
    ]);
  });

  test('before its directory is malformed, and the error says where', () => {
    expect(() => openDump(memorySource(bytes.subarray(0, 40)))).toThrow(MalformedDumpError);
    expect(() => openDump(memorySource(bytes.subarray(0, 40)))).toThrow(/NumberOfStreams: .*\(file offset 0x8\)/);
  });
});

test('a count that the stream has no room for is not believed', () => {
  const list = createByteWriter();
  list.u64(2 ** 40);
  list.u64(0);
  list.u64(0x10000);
  list.u64(1);
  const dump = open({ otherStreams: [{ type: 9, bytes: list.toBytes() }] });
  expect(dump.captured).toHaveLength(1);
  expect(dump.warnings).toMatchObject([{ code: 'damaged-list' }]);
});

test('after a range that is larger than any file the others have no place', () => {
  const list = createByteWriter();
  list.u64(3);
  list.u64(32);
  for (const [address, size] of [
    [0x10000, 16],
    [0x20000, 2 ** 63],
    [0x30000, 16],
  ]) {
    list.u64(address!);
    list.u64(BigInt(size!));
  }
  const dump = open({ otherStreams: [{ type: 9, bytes: list.toBytes() }] });
  expect(dump.captured.map(({ start }) => start)).toEqual([0x10000]);
  expect(dump.warnings).toMatchObject([{ code: 'bad-range' }]);
});

test('Crashpad tells ids and the product, and of other annotations nothing', () => {
  // Streams follow the header of 32 bytes in their order, so that places in the file are known.
  const texts = createByteWriter();
  const places = new Map<string, number>();
  for (const text of ['prod', 'Electron', 'url', 'https://secret.example', 'ver', '29.1']) {
    places.set(text, 32 + texts.offset());
    texts.u32(text.length);
    texts.text(`${text}\0`);
  }
  const dictionary = createByteWriter();
  dictionary.u32(3);
  for (const place of places.values()) dictionary.u32(place);
  const info = createByteWriter();
  info.u32(1);
  info.bytes(Uint8Array.from({ length: 16 }, (_, index) => index + 1));
  info.zeros(16);
  info.u32(dictionary.offset());
  info.u32(32 + texts.offset());
  info.zeros(8);
  const exception = createByteWriter();
  exception.u32(77);
  exception.u32(0);
  exception.u32(0xc0000005);
  exception.zeros(12);
  exception.u64(0x7ff612345678);
  const { details } = open({
    withoutSystemInfo: true,
    otherStreams: [
      { type: 0x4b000001, bytes: texts.toBytes() },
      { type: 0x4b000002, bytes: dictionary.toBytes() },
      { type: 0x43500001, bytes: info.toBytes() },
      { type: 6, bytes: exception.toBytes() },
    ],
  });
  expect(details).toEqual([
    { name: 'Kind', value: 'with full memory (flags 0x2)' },
    { name: 'Exception', value: '0xc0000005 at 0x00007ff612345678, thread 77' },
    { name: 'Report id', value: '04030201-0605-0807-090a-0b0c0d0e0f10' },
    { name: 'prod', value: 'Electron' },
    { name: 'ver', value: '29.1' },
  ]);
});
