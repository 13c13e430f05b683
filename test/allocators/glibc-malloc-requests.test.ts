import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { glibcMalloc } from '../../src/allocators/glibc-malloc/index.ts';
import type { PointerSize } from '../../src/model/address.ts';
import type { Architecture } from '../../src/model/dump.ts';
import { fakeMemory } from '../synth/fake-memory.ts';

interface Machine {
  readonly pointerSize: PointerSize;
  readonly architecture: Architecture;
  readonly alignment: number;
}

const machines: readonly Machine[] = [
  { pointerSize: 8, architecture: 'x64', alignment: 16 },
  { pointerSize: 8, architecture: 'arm64', alignment: 16 },
  { pointerSize: 4, architecture: 'x86', alignment: 16 },
  { pointerSize: 4, architecture: 'x86', alignment: 8 },
  { pointerSize: 4, architecture: 'arm', alignment: 8 },
];

const rangeOf = ({ pointerSize, architecture }: Machine, stride: number) => {
  return glibcMalloc.requestRange(stride, fakeMemory([], { pointerSize, architecture }).dump);
};

/** request2size of glibc malloc/malloc.c. */
function chunkSize({ pointerSize, alignment }: Machine, request: number): number {
  const padded = Math.ceil((request + pointerSize) / alignment) * alignment;
  return Math.max(4 * pointerSize, padded);
}

/** sysmalloc's mapping. */
function mappingSize(machine: Machine, request: number): number {
  const { pointerSize, alignment } = machine;
  const extra = alignment === 2 * pointerSize ? pointerSize : pointerSize + alignment - 1;
  return Math.ceil((chunkSize(machine, request) + extra) / 4096) * 4096;
}

describe.each(machines)('requests of glibc malloc on $architecture aligned to $alignment', (machine) => {
  test('are in the range of their chunk’s stride', () => {
    const check = (request: number) => {
      const range = rangeOf(machine, chunkSize(machine, request));
      expect(range!.min).toBeLessThanOrEqual(request);
      expect(range!.max).toBeGreaterThanOrEqual(request);
    };
    fc.assert(fc.property(fc.oneof(fc.nat(2000), fc.nat(1 << 24)), check));
  });

  test('are in the range of their mapping’s stride', () => {
    const check = (request: number) => {
      const range = rangeOf(machine, mappingSize(machine, request));
      expect(range!.min).toBeLessThanOrEqual(request);
      expect(range!.max).toBeGreaterThanOrEqual(request);
    };
    fc.assert(fc.property(fc.integer({ min: 128 << 10, max: 1 << 28 }), check));
  });

  test('at both ends of a range really make that stride', () => {
    const check = (units: number) => {
      const stride = 4 * machine.pointerSize + units * machine.alignment;
      const { min, max } = rangeOf(machine, stride)!;
      expect(chunkSize(machine, max)).toBe(stride);
      // A stride that fits both alignments of 32-bit x86 is read as the wider one.
      const isAmbiguous = machine.pointerSize === 4 && machine.architecture === 'x86' && machine.alignment === 8;
      if (isAmbiguous && stride % 16 === 0) return;
      const isMappable = stride % 4096 === 0 && stride >= 128 << 10;
      expect(isMappable ? mappingSize(machine, min) : chunkSize(machine, min)).toBe(stride);
      if (!isMappable && min > 0) expect(chunkSize(machine, min - 1)).toBeLessThan(stride);
    };
    fc.assert(fc.property(fc.nat(40_000), check));
  });
});

describe('a stride of glibc malloc', () => {
  const machine = machines[0]!;

  test('has the requests that the article’s programs made', () => {
    expect(rangeOf(machine, 32)).toEqual({ min: 0, max: 24 });
    expect(rangeOf(machine, 80)).toEqual({ min: 57, max: 72 });
    expect(rangeOf(machine, 65552)).toEqual({ min: 65529, max: 65544 });
    expect(rangeOf(machine, 200704)).toEqual({ min: 196585, max: 200696 });
  });

  test('has none when no chunk can have it', () => {
    expect([0, 16, 24, 33, 40, 72, -32].map((stride) => rangeOf(machine, stride))).toEqual(Array(7).fill(null));
  });
});
