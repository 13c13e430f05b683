import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { glibcMalloc } from '../../src/allocators/glibc-malloc/index.ts';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { MalformedDumpError } from '../../src/errors.ts';
import { openMemory } from '../../src/memory/dump-memory.ts';
import type { Dump } from '../../src/model/dump.ts';
import { openDumps } from '../../src/open-dumps.ts';
import { type SynthElfCore, writeElfCore } from '../synth/synth-elf-core.ts';
import { openDump } from './open-dump.ts';

const page = 4096;

function open(core: SynthElfCore): Dump {
  return openDump(memorySource(writeElfCore(core)));
}

/** Kind, name and size in pages of each region: what most tests are about. */
function summary(dump: Dump): string[] {
  return dump.regions.map(({ start, end, kind, name }) => `${kind} ${name || '-'} ${(end - start) / page}`);
}

function pages(count: number, value = 1): Uint8Array {
  return new Uint8Array(count * page).fill(value);
}

function elfImage(count: number): Uint8Array {
  const bytes = pages(count);
  bytes.set([0x7f, 0x45, 0x4c, 0x46]);
  return bytes;
}

describe.each([
  { is64Bit: true, littleEndian: true, machine: 62, architecture: 'x64', pointerSize: 8 },
  { is64Bit: true, littleEndian: true, machine: 183, architecture: 'arm64', pointerSize: 8 },
  { is64Bit: true, littleEndian: false, machine: 22, architecture: 'other', pointerSize: 8 },
  { is64Bit: false, littleEndian: true, machine: 3, architecture: 'x86', pointerSize: 4 },
  { is64Bit: false, littleEndian: true, machine: 40, architecture: 'arm', pointerSize: 4 },
  { is64Bit: false, littleEndian: false, machine: 4, architecture: 'other', pointerSize: 4 },
])('machine $machine, 64 bit $is64Bit, little endian $littleEndian', (kind) => {
  const base = 0x10000;
  const dump = open({
    ...kind,
    process: { id: 77, name: 'server' },
    threads: [{ id: 77, stackPointer: base + page + 8 }],
    auxiliary: [[6, 16384]],
    segments: [
      { address: base, bytes: pages(1) },
      { address: base + page, bytes: pages(1), memorySize: 3 * page },
    ],
  });

  test('tells machine, process and page size', () => {
    const { architecture, pointerSize, littleEndian } = kind;
    expect(dump).toMatchObject({
      format: 'elf-core',
      operatingSystem: 'linux',
      architecture,
      pointerSize,
      littleEndian,
    });
    expect(dump).toMatchObject({ processId: 77, processName: 'server', pageSize: 16384, addressSpace: 'virtual' });
    expect(dump.warnings).toEqual([]);
  });

  test('what was not dumped is not captured', () => {
    expect(dump.regions.map(({ start, end }) => [start, end])).toEqual([
      [base, base + page],
      [base + page, base + 4 * page],
    ]);
    expect(dump.captured.map(({ start, size }) => [start, size])).toEqual([
      [base, page],
      [base + page, page],
    ]);
  });

  test('words have the byte order of the process', () => {
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const core = writeElfCore({ ...kind, segments: [{ address: base, bytes }] });
    const memory = openMemory(openDump(memorySource(core)), memorySource(core));
    expect(memory.u32(base)).toBe(kind.littleEndian ? 0x04030201 : 0x01020304);
  });

  test('the stack pointer marks the stack where the register layout is known', () => {
    const isKnown = kind.architecture !== 'other';
    expect(dump.threads).toMatchObject([{ id: 77, stackPointer: isKnown ? base + page + 8 : undefined }]);
    expect(dump.regions.at(1)!.kind).toBe(isKnown ? 'stack' : 'private');
  });
});

test('addresses of the upper half are negative and sorted first', () => {
  const dump = open({
    segments: [
      { address: 0x7000_0000_0000, bytes: pages(1) },
      { address: -0xa00000, bytes: pages(1), flags: 5 },
    ],
  });
  expect(summary(dump)).toEqual(['image [vsyscall] 1', 'private - 1']);
  expect(dump.regions.at(0)!.start).toBe(-0xa00000);
});

test('more segments than e_phnum can count', () => {
  const segments = Array.from({ length: 70_000 }, (_, index) => ({
    address: 0x10000 + index * 2 * page,
    bytes: Uint8Array.of(index),
  }));
  const dump = open({ segments, extendedCount: true });
  expect(dump.regions).toHaveLength(70_000);
  expect(dump.captured).toHaveLength(70_000);
});

describe('regions', () => {
  const library = 0x7f00_0000_0000;
  const core: SynthElfCore = {
    process: { id: 5, name: 'main-thread' },
    threads: [
      { id: 5, stackPointer: 0x7ffd_0000_1000 },
      { id: 6, stackPointer: 0x7e00_0000_0800 },
    ],
    auxiliary: [
      [9, 0x400100],
      [25, 0x7ffd_0000_1800],
      [33, 0x7fff_0000_2000],
    ],
    files: [
      { start: 0x400000, end: 0x401000, path: '/opt/server (deleted)' },
      { start: library, end: library + 2 * page, path: '/lib/libc.so.6' },
      { start: library + 2 * page, end: library + 3 * page, fileOffset: 2 * page, path: '/lib/libc.so.6' },
      { start: library + 8 * page, end: library + 9 * page, path: '/var/data.bin' },
      { start: library + 9 * page, end: library + 10 * page, path: '/dev/zero (deleted)' },
    ],
    segments: [
      { address: 0x400000, bytes: elfImage(1), flags: 5 },
      { address: 0x401000, bytes: pages(2) },
      { address: 0x7e00_0000_0000, bytes: pages(2) },
      // One segment over two mappings of a file, and anonymous memory after them.
      { address: library, bytes: pages(4) },
      { address: library + 4 * page, bytes: pages(2), flags: 0 },
      { address: library + 8 * page, bytes: pages(2) },
      { address: 0x7ffd_0000_0000, bytes: pages(2) },
      { address: 0x7fff_0000_1000, flags: 4, memorySize: page },
      { address: 0x7fff_0000_2000, bytes: elfImage(1), flags: 5 },
    ],
  };
  const dump = open(core);

  test('have kinds and names, and are cut where a mapping ends', () => {
    expect(summary(dump)).toEqual([
      'image /opt/server (deleted) 1',
      'private - 2',
      'stack [stack:6] 2',
      'image /lib/libc.so.6 2',
      'image /lib/libc.so.6 1',
      'private - 1',
      'mapped-file /var/data.bin 1',
      'private /dev/zero (deleted) 1',
      'stack [stack] 2',
      'image [vvar] 1',
      'image [vdso] 1',
    ]);
  });

  test('that nothing can access are left out, with their bytes', () => {
    const reserved = library + 4 * page;
    expect(dump.regions.some(({ start, end }) => start <= reserved && reserved < end)).toBe(false);
    expect(dump.captured.some(({ start, size }) => start <= reserved && reserved < start + size)).toBe(false);
  });

  test('modules span all mappings of their file', () => {
    expect(dump.modules).toEqual([
      { start: 0x400000, end: 0x401000, path: '/opt/server (deleted)' },
      { start: library, end: library + 3 * page, path: '/lib/libc.so.6' },
    ]);
  });

  test('the program is named by its file, for the kernel only keeps 15 letters', () => {
    expect(dump.processName).toBe('server');
  });
});

test('a file that is mapped twice, far apart, is two modules', () => {
  const path = '/lib/a.so';
  const far = 0x10000 + (1 << 30);
  const { modules } = open({
    files: [
      { start: 0x10000, end: 0x11000, path },
      { start: far, end: far + page, path },
    ],
    segments: [{ address: 0x20000, bytes: pages(1) }],
  });
  expect(modules.map(({ start }) => start)).toEqual([0x10000, far]);
});

test('an executable mapping that does not begin like a program is no image', () => {
  const dump = open({
    files: [{ start: 0x10000, end: 0x11000, path: '/memfd:jit (deleted)' }],
    segments: [{ address: 0x10000, bytes: pages(1), flags: 7 }],
  });
  expect(summary(dump)).toEqual(['mapped-file /memfd:jit (deleted) 1']);
});

test('stack pointers into the heap of a Go program make no stack of it', () => {
  const dump = open({
    threads: [{ id: 1, stackPointer: 0xc000001000 }],
    segments: [{ address: 0xc000000000, bytes: pages(2) }],
  });
  expect(summary(dump)).toEqual(['private - 2']);
});

test('where segments overlap, neither regions nor captured ranges do', () => {
  const dump = open({
    segments: [
      { address: 0x10000, bytes: pages(4, 1) },
      { address: 0x11000, bytes: pages(1, 2) },
      { address: 0x13000, bytes: pages(4, 3) },
    ],
  });
  expect(dump.regions.map(({ start, end }) => [start, end])).toEqual([
    [0x10000, 0x14000],
    [0x14000, 0x17000],
  ]);
  expect(dump.captured.map(({ start, size }) => [start, size])).toEqual([
    [0x10000, 4 * page],
    [0x14000, 3 * page],
  ]);
});

test('segments whose address no processor has are skipped', () => {
  const dump = open({
    segments: [
      { address: 2 ** 62, bytes: pages(1) },
      { address: 0x10000, bytes: pages(1) },
    ],
  });
  expect(summary(dump)).toEqual(['private - 1']);
  expect(dump.warnings).toMatchObject([{ code: 'bad-segment' }]);
});

test('a writer that sets no access rights is not taken at its word', () => {
  expect(open({ segments: [{ address: 0x10000, bytes: pages(1), flags: 0 }] }).regions).toHaveLength(1);
});

test('notes are found behind damaged padding', () => {
  const dump = open({
    threads: [{ id: 9, stackPointer: 0 }],
    process: { id: 9, name: 'x' },
    notePadding: 4,
    segments: [{ address: 0x10000, bytes: pages(1) }],
  });
  expect(dump.processId).toBe(9);
  expect(dump.warnings).toMatchObject([{ code: 'damaged-notes' }]);
});

test('notes of other systems are left alone', () => {
  const dump = open({ owner: 'FreeBSD', threads: [{ id: 1, stackPointer: 1 }], segments: [] });
  expect(dump).toMatchObject({ operatingSystem: 'unknown', threads: [], processId: null });
});

test('a list of mapped files that counts more than it holds is not believed', () => {
  const core = writeElfCore({
    files: [{ start: 0x10000, end: 0x11000, path: '/a' }],
    segments: [{ address: 0x10000, bytes: pages(1) }],
  });
  // The note's description follows its 12-byte header and name.
  const description = 64 + 2 * 56 + 20;
  new DataView(core.buffer).setUint32(description, 0x7fffffff, true);
  expect(openDump(memorySource(core)).warnings).toMatchObject([{ code: 'damaged-file-mappings' }]);
});

describe('a file that is cut off', () => {
  const core = writeElfCore({
    threads: [{ id: 1, stackPointer: 0x10010 }],
    segments: [
      { address: 0x10000, bytes: pages(2) },
      { address: 0x20000, bytes: pages(2) },
    ],
  });

  test('keeps what is there, and says what is missing', () => {
    const { regions, captured, warnings } = openDump(memorySource(core.subarray(0, core.length - page - 100)));
    expect(regions).toHaveLength(2);
    expect(captured.map(({ size }) => size)).toEqual([2 * page, page - 100]);
    expect(warnings).toMatchObject([{ code: 'truncated', offset: core.length - page - 100 }]);
  });

  test('inside the program headers keeps the whole ones', () => {
    const dump = openDump(memorySource(core.subarray(0, 64 + 2 * 56 + 10)));
    expect(dump.warnings.map(({ code }) => code)).toContain('truncated-program-headers');
    expect(dump.regions).toHaveLength(1);
  });

  test('before the first program header is malformed, and the error says where', () => {
    expect(() => openDump(memorySource(core.subarray(0, 70)))).toThrow(MalformedDumpError);
    expect(() => openDump(memorySource(core.subarray(0, 70)))).toThrow(/e_phnum: expected .* \(file offset 0x38\)/);
    expect(() => openDump(memorySource(core.subarray(0, 30)))).toThrow(MalformedDumpError);
  });
});

test('a program is no dump', () => {
  const core = writeElfCore({ segments: [] });
  core[16] = 2;
  expect(openDump(memorySource(core)).format).toBe('raw');
});

describe('the core of a machine', () => {
  const kernelCode = { address: -0x7f000000, physicalStart: 0x3000, bytes: pages(1, 3), flags: 7 };
  const machine: SynthElfCore = {
    vmcoreInfo: 'OSRELEASE=6.1.0\nPAGESIZE=16384\nCRASHTIME=1700000000\n',
    threads: [{ id: 99, stackPointer: 0x2010 }],
    segments: [
      kernelCode,
      { address: -0x77000000_0000, physicalStart: 0x1000, bytes: pages(2, 1), memorySize: 4 * page, flags: 7 },
      { address: -0x1000, physicalStart: -1, memorySize: page, flags: 7 },
    ],
  };

  test('is told by its VMCOREINFO note and seen by physical address', () => {
    const dump = open(machine);
    expect(dump).toMatchObject({
      addressSpace: 'physical',
      operatingSystem: 'linux',
      pageSize: 16384,
      processId: null,
    });
    expect(dump.capturedAt).toEqual(new Date(1_700_000_000_000));
    expect(dump.details).toEqual([{ name: 'Kernel', value: '6.1.0' }]);
    expect(dump.warnings.map(({ code }) => code)).toEqual(['physical-addresses']);
    expect(dump.captured.map(({ start, size }) => [start, size])).toEqual([
      [0x1000, 2 * page],
      [0x3000, page],
    ]);
    const memory = openMemory(dump, memorySource(writeElfCore(machine)));
    expect([0xfff, 0x1000, 0x3000, 0x4000].map((at) => memory.u8(at))).toEqual([undefined, 1, 3, undefined]);
  });

  test('has no region twice, no heap, and no stack told by a virtual address', () => {
    const dump = open(machine);
    expect(summary(dump)).toEqual(['unknown - 4']);
    expect(glibcMalloc.findHeaps(openMemory(dump, memorySource(writeElfCore(machine))))).toEqual([]);
  });

  test('is not compared with the core of a process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'leakviz-test-'));
    const paths = ['machine', 'process'].map((name) => join(folder, name));
    writeFileSync(paths[0]!, writeElfCore(machine));
    writeFileSync(paths[1]!, writeElfCore({ segments: [{ address: 0x1000, bytes: pages(1) }] }));
    await expect(openDumps(paths)).rejects.toMatchObject({ code: 'incomparable-dumps' });
    rmSync(folder, { recursive: true });
  });
});

describe("leakviz's own notes", () => {
  const [begin, mappings, end] = [0x4c560001, 0x4c560002, 0x4c560003];
  const segments = [
    { address: 0x10000, bytes: pages(1) },
    { address: 0x10000 + page, memorySize: 2 * page },
    { address: 0x10000 + 3 * page, bytes: pages(2) },
  ];
  const opened = (...captureNotes: readonly (readonly [number, string])[]) => open({ segments, captureNotes });

  test('say when the dump was taken', () => {
    const dump = opened([begin, '{"capturedAt":"2026-03-01T14:05:09.123Z","standstill":"paused"}']);
    expect(dump.capturedAt).toEqual(new Date('2026-03-01T14:05:09.123Z'));
    expect(dump.warnings).toEqual([]);
  });

  test('say that the process ran on meanwhile', () => {
    const { warnings } = opened([begin, '{"capturedAt":"2026-03-01T14:05:09Z","standstill":"none"}']);
    expect(warnings).toMatchObject([{ code: 'taken-while-running' }]);
  });

  test('list the mappings: one that is dumped in part is one region', () => {
    const rows = '00010000-00015000 rw-p 00000000 00:00 0  [heap]\n00020000-00021000 ---p 00000000 00:00 0 \n';
    expect(summary(opened())).toHaveLength(3);
    expect([...opened([mappings, rows]).regions]).toMatchObject([{ start: 0x10000, end: 0x10000 + 5 * page }]);
  });

  test('name what could not be read: it is not captured, though zeros stand there', () => {
    const dump = opened([end, '{"pausedMs":1,"unreadBytes":4096,"unread":[["14000","1000"]]}\0\0\0']);
    expect(dump.captured.map(({ start, size }) => [start, size])).toEqual([
      [0x10000, page],
      [0x13000, page],
    ]);
    expect(dump.warnings).toMatchObject([{ code: 'unread-memory' }]);
  });

  test.each([
    [begin, 'no JSON'],
    [begin, '{"capturedAt":"yesterday"}'],
    [begin, 'null'],
    [mappings, '00010000-00015000 rw-p 00000000 00:00 0\nno mapping\n'],
    [end, '[1,'],
  ])('are left out with a warning when they are damaged (%i, %s)', (type, text) => {
    const dump = opened([type, text]);
    expect(dump).toMatchObject({ capturedAt: null, warnings: [{ code: 'damaged-capture-note' }] });
    expect(dump.captured).toHaveLength(2);
    expect(dump.regions).toHaveLength(3);
  });

  test.each([
    [begin, '{"capturedAt":{"toString":1,"valueOf":1}}'],
    [end, '{"unreadBytes":{"toString":1,"valueOf":1}}'],
    [end, `{"unreadBytes":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    [end, '{"unreadBytes":1,"unread":[[{"toString":1,"valueOf":1},"1"]]}'],
  ])('may hold values that no text or number can be made of (%i)', (type, text) => {
    expect(opened([type, text]).captured).toHaveLength(2);
  });

  test('count once, however often they are repeated', () => {
    const dump = opened(
      [begin, '{"capturedAt":"2026-03-01T14:05:09Z"}'],
      [begin, '{"capturedAt":"2027-01-01T00:00:00Z"}'],
    );
    expect(dump.capturedAt).toEqual(new Date('2026-03-01T14:05:09Z'));
  });

  test('are not believed beyond reason', () => {
    const dump = opened([end, '{"unreadBytes":-5,"unread":[["zz","1"],[{}],7,["1000","ffffffffffffffff"]]}']);
    expect(dump.captured).toHaveLength(2);
  });
});
