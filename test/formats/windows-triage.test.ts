import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { LeakvizError } from '../../src/errors.ts';
import { openMemory } from '../../src/memory/dump-memory.ts';
import { type SynthTriageDump, writeTriageDump } from '../synth/synth-triage-dump.ts';
import { openDump } from './open-dump.ts';

const codes = (dump: { readonly warnings: readonly { readonly code: string }[] }) =>
  dump.warnings.map(({ code }) => code);

describe.each([
  ['64 bit', true, -0x7fb_8000_0000],
  ['32 bit', false, 0xf760_0000],
] as const)('a small dump, %s', (_, is64Bit, base) => {
  const example: SynthTriageDump = {
    is64Bit,
    drivers: [
      { address: base + 0x40000, size: 0x8000, path: '\\SystemRoot\\system32\\hal.dll' },
      { address: base, size: 0x20000, path: '\\WINDOWS\\system32\\ntoskrnl.exe' },
    ],
    stack: { address: base + 0x100f00, bytes: new Uint8Array(0x100).fill(1) },
    blocks: [
      { address: base + 0x40100, bytes: new Uint8Array(64).fill(2) },
      { address: base + 0x200000, bytes: new Uint8Array(96).fill(3) },
    ],
  };

  test('gives its drivers, its stack and its blocks, and says that it is partial', () => {
    const source = memorySource(writeTriageDump(example));
    const dump = openDump(source);
    expect(dump).toMatchObject({ format: 'windows-kernel', architecture: is64Bit ? 'x64' : 'x86' });
    expect(dump).toMatchObject({ addressSpace: 'virtual', pointerSize: is64Bit ? 8 : 4 });
    expect(codes(dump)).toEqual(['partial-memory']);
    expect(dump.modules.map(({ start, end, path }) => [start, end - start, path])).toEqual([
      [base, 0x20000, '\\WINDOWS\\system32\\ntoskrnl.exe'],
      [base + 0x40000, 0x8000, '\\SystemRoot\\system32\\hal.dll'],
    ]);
    expect(dump.regions.map(({ start, end, kind, name }) => [start, end - start, kind, name])).toEqual([
      [base + 0x40100, 64, 'image', '\\SystemRoot\\system32\\hal.dll'],
      [base + 0x100f00, 0x100, 'stack', '[stack]'],
      [base + 0x200000, 96, 'private', ''],
    ]);
    const memory = openMemory(dump, source);
    expect([0x40100, 0x100f00, 0x200000].map((at) => memory.u8(base + at))).toEqual([2, 1, 3]);
    expect(dump.details).toContainEqual({ name: 'Bug check', value: '0x1000007e' });
  });

  test('counts that cannot be are cut to what is there', () => {
    const dump = openDump(memorySource(writeTriageDump({ ...example, blockCount: 0xffff_ffff })));
    expect(codes(dump)).toContain('damaged-list');
    expect(dump.modules).toHaveLength(2);
    const drivers = openDump(memorySource(writeTriageDump({ ...example, driverCount: 0xffff_ffff })));
    expect(codes(drivers)).toContain('damaged-list');
    expect(drivers.regions).toHaveLength(3);
  });

  test('cut off or changed anywhere, it opens or is refused', () => {
    const bytes = writeTriageDump(example);
    const open = (changed: Uint8Array) => {
      try {
        openDump(memorySource(changed));
      } catch (error) {
        if (!(error instanceof LeakvizError)) throw error;
      }
    };
    for (let size = is64Bit ? 0x1f00 : 0xf00; size < bytes.length; size += 3) open(bytes.subarray(0, size));
    const place = fc.integer({ min: is64Bit ? 0x1ff0 : 0xff0, max: bytes.length - 9 });
    const value = fc.constantFrom([0], [0xff], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0, 0, 0, 0, 0x80], [1, 0, 0, 0]);
    fc.assert(
      fc.property(fc.array(fc.tuple(place, value), { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = bytes.slice();
        for (const [at, change] of changes) changed.set(change, at);
        open(changed);
      }),
      { numRuns: 1000 },
    );
  });
});
