import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { LeakvizError } from '../../src/errors.ts';
import { openMemory } from '../../src/memory/dump-memory.ts';
import type { Dump } from '../../src/model/dump.ts';
import { largePageSize, type SynthKernelDump, type SynthPaging, writeKernelDump } from '../synth/synth-kernel-dump.ts';
import { openDump } from './open-dump.ts';

const page = 4096;

/** Addresses of modules, a pool and user memory, by paging. */
function placesOf(paging: SynthPaging) {
  return paging === 'x86' || paging === 'pae'
    ? { kernel: 0x8040_0000, driver: 0x8780_1000, pool: 0x8900_0000, user: 0x0040_0000 }
    : { kernel: -0x7fb_8380_0000, driver: -0x7fb_8000_f000, pool: -0x2f00_0000_0000, user: 0x7ff6_1234_0000 };
}

function pages(count: number, value: number): Uint8Array {
  const bytes = new Uint8Array(count * page).fill(value);
  for (let index = 0; index < count; index += 1) bytes[index * page] = index;
  return bytes;
}

function example(paging: SynthPaging, more: Partial<SynthKernelDump> = {}): SynthKernelDump {
  const { kernel, driver, pool, user } = placesOf(paging);
  return {
    paging,
    modules: [
      { address: kernel, size: largePageSize(paging), path: '\\SystemRoot\\system32\\ntoskrnl.exe' },
      { address: driver, size: 4 * page, path: '\\SystemRoot\\system32\\hal.dll' },
    ],
    mappings: [
      { address: kernel, bytes: pages(largePageSize(paging) / page, 0xaa), large: true },
      { address: driver, bytes: pages(4, 0xbb), readOnly: true },
      { address: pool, bytes: pages(6, 0xcc) },
      { address: user, bytes: pages(3, 0xdd) },
    ],
    ...more,
  };
}

function open(dump: SynthKernelDump): { dump: Dump; memory: ReturnType<typeof openMemory> } {
  const source = memorySource(writeKernelDump(dump));
  const opened = openDump(source);
  return { dump: opened, memory: openMemory(opened, source) };
}

const codes = (dump: Dump) => dump.warnings.map(({ code }) => code);

describe.each(['x64', 'la57', 'pae', 'x86', 'arm64'] as const)('%s', (paging) => {
  const { kernel, driver, pool, user } = placesOf(paging);

  test.each([1, 2, 5, 6, 8, 9, 10] as const)('a dump of type %s is read by virtual address', (type) => {
    const { dump, memory } = open(example(paging, { type, selfMap: paging !== 'la57', stackPointer: pool + 8 }));
    expect(dump).toMatchObject({ format: 'windows-kernel', addressSpace: 'virtual', operatingSystem: 'windows' });
    expect(dump.warnings).toEqual([]);
    for (const [address, count, value] of [
      [kernel, largePageSize(paging) / page, 0xaa],
      [driver, 4, 0xbb],
      [pool, 6, 0xcc],
      [user, 3, 0xdd],
    ] as const) {
      expect(memory.capturedBytesFrom(address, Number.POSITIVE_INFINITY)).toBe(count * page);
      for (const index of [0, 1, count >> 1, count - 1]) {
        expect(memory.u8(address + index * page)).toBe(index % 256);
        expect(memory.u8(address + index * page + page - 1)).toBe(value);
      }
    }
    expect(memory.u8(user - 1)).toBeUndefined();
    expect(dump.modules.map(({ start, path }) => [start, path])).toEqual([
      [kernel, '\\SystemRoot\\system32\\ntoskrnl.exe'],
      [driver, '\\SystemRoot\\system32\\hal.dll'],
    ]);
    const kinds = dump.regions.map(({ start, end, kind }) => [start, end - start, kind]);
    expect(kinds).toContainEqual([driver, 4 * page, 'image']);
    expect(kinds).toContainEqual([kernel, largePageSize(paging), 'image']);
    expect(kinds).toContainEqual([pool, 6 * page, 'stack']);
    expect(kinds).toContainEqual([user, 3 * page, 'private']);
    expect(dump.regions.find(({ start }) => start === driver)).toMatchObject({ writable: false });
    expect(dump.regions.find(({ start }) => start === user)).toMatchObject({ writable: true });
  });

  test('pages that are not in memory, or not in the dump, are no part of it', () => {
    const mappings = [
      { address: pool, bytes: pages(1, 1) },
      { address: pool + page, bytes: pages(1, 2), pagedOut: true },
      { address: pool + 2 * page, bytes: pages(1, 3), notDumped: true },
      { address: pool + 3 * page, bytes: pages(1, 4) },
    ];
    const { dump, memory } = open({ paging, type: 5, mappings });
    const found = [0, 1, 2, 3].map((index) => memory.u8(pool + index * page + 1));
    expect(found).toEqual([1, undefined, undefined, 4]);
    expect(dump.regions.some(({ start, end }) => start <= pool + page && end > pool + page)).toBe(false);
    expect(dump.warnings).toEqual([]);
  });
});

test.each(['x64', 'la57', 'pae', 'x86'] as const)('%s: pages on their way out are still read', (paging) => {
  const { pool } = placesOf(paging);
  const wide = paging === 'x64' || paging === 'la57';
  const { dump, memory } = open({
    paging,
    type: 5,
    mappings: [
      { address: pool, bytes: pages(1, 1), transition: 'plain', readOnly: true },
      { address: pool + page, bytes: pages(1, 2), transition: wide ? 'hidden' : 'plain' },
    ],
  });
  expect([memory.u8(pool + 1), memory.u8(pool + page + 1)]).toEqual([1, 2]);
  const regions = dump.regions.filter(({ start }) => start >= pool && start < pool + 2 * page);
  expect(regions.map(({ writable }) => writable)).toEqual([false, true]);
});

test.each(['x64', 'la57', 'arm64'] as const)('%s: of a page of 1 GiB what the dump holds is read', (paging) => {
  const address = -0x2f00_0000_0000;
  const { dump, memory } = open({ paging, type: 5, mappings: [{ address, bytes: pages(3, 9), huge: true }] });
  expect(memory.capturedBytesFrom(address, Number.POSITIVE_INFINITY)).toBe(3 * page);
  expect([memory.u8(address + 2 * page), memory.u8(address + 2 * page + 1)]).toEqual([2, 9]);
  expect(dump.warnings).toEqual([]);
});

test('tells what the header says', () => {
  const { dump } = open(
    example('x64', { bugCheck: 0x50, parameters: [-1, 2, 3, 4], time: 1_500_000_000_000, type: 5 }),
  );
  expect(dump.capturedAt?.toISOString()).toBe('2017-07-14T02:40:00.000Z');
  expect(dump.details).toEqual([
    { name: 'Kind', value: 'bitmap of pages (complete, kernel or active memory)' },
    { name: 'Bug check', value: '0x00000050' },
    { name: 'with', value: '0xffffffffffffffff, 0x0000000000000002' },
    { name: 'and', value: '0x0000000000000003, 0x0000000000000004' },
    { name: 'Build', value: '19041' },
    { name: 'Processors', value: '4' },
    { name: 'Up for', value: '9000 s' },
    { name: 'Page tables', value: '4-level' },
  ]);
});

test.each(['x64', 'pae', 'x86'] as const)('%s: tells the process that it was taken in', (paging) => {
  const processes = [
    { id: 4, name: 'System' },
    { id: 88, name: 'smss.exe' },
    { id: 4712, name: 'a program 14b' },
  ];
  const { dump } = open(example(paging, { type: 5, processes }));
  expect(dump.details).toContainEqual({ name: 'In process', value: 'a program 14b, id 4712' });
  expect(dump).toMatchObject({ processId: null, processName: null, warnings: [] });
});

test('a list of modules that leads back into itself ends, and says so', () => {
  const { dump } = open(example('x64', { cyclicModules: true, type: 5 }));
  expect(dump.modules).toHaveLength(2);
  expect(codes(dump)).toEqual(['damaged-module-list']);
});

test('without page tables a dump is read by physical page, and says so', () => {
  const { dump, memory } = open(example('x64', { directoryBase: 0x7f_f000, type: 5 }));
  expect(dump).toMatchObject({ addressSpace: 'physical', modules: [] });
  expect(codes(dump)).toEqual(['no-page-tables', 'physical-addresses']);
  expect(memory.u8(0x2000 * page + page - 1)).toBe(0xaa);
});

test('tables that all lead to one another are followed once, and what they lead to is bounded', () => {
  const bytes = writeKernelDump(example('x64', { type: 5 }));
  const view = new DataView(bytes.buffer);
  const firstPage = view.getUint32(0x2020, true);
  // Every entry of every page leads to a table or a page of the dump, one after the other.
  for (let at = firstPage; at < bytes.length - page; at += 8) {
    const frame = 0x10 + ((at >> 3) % 0x40) * 2;
    view.setUint32(at, (frame * page) | 0x67, true);
    view.setUint32(at + 4, 0, true);
  }
  const started = Date.now();
  const dump = openDump(memorySource(bytes));
  const captured = dump.captured.reduce((sum, { size }) => sum + size, 0);
  expect(captured).toBeLessThanOrEqual(4 * bytes.length + (1 << 28));
  expect(Date.now() - started).toBeLessThan(5000);
});

test('a dump that was cut off keeps what is there', () => {
  const whole = writeKernelDump(example('x64', { type: 5 }));
  const dump = openDump(memorySource(whole.subarray(0, whole.length - 100 * page)));
  expect(codes(dump)).toEqual(['truncated']);
  expect(dump.regions.some(({ name }) => name.endsWith('ntoskrnl.exe'))).toBe(true);
});

test.each(['x64', 'pae'] as const)(
  '%s: with any bytes of tables, lists and bitmaps changed, it opens or is refused',
  (paging) => {
    const { pool, driver } = placesOf(paging);
    const bytes = writeKernelDump({
      paging,
      type: 5,
      selfMap: true,
      modules: [{ address: driver, size: page, path: 'hal.dll' }],
      mappings: [{ address: pool, bytes: pages(2, 1) }],
    });
    const value = fc.constantFrom([0], [0xff], [0x67, 0x10, 0, 0], [0xe7, 0, 0, 0x40], [0, 0, 0, 0, 0, 0, 0, 0x80]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 9), value), { minLength: 1, maxLength: 6 }), (changes) => {
        const changed = bytes.slice();
        for (const [at, change] of changes) changed.set(change, at);
        changed.set(bytes.subarray(0, 8));
        try {
          openDump(memorySource(changed));
        } catch (error) {
          if (!(error instanceof LeakvizError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  },
);

test('an unknown kind of dump is refused with its number', () => {
  const bytes = writeKernelDump(example('x64', { type: 5 }));
  new DataView(bytes.buffer).setUint32(0xf98, 77, true);
  bytes.fill(0, 0x2000, 0x2010);
  expect(() => openDump(memorySource(bytes))).toThrow(/DumpType.*77/);
});
