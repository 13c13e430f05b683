/**
 * A process that leaks, made up without a dump file: a heap that grows by zeroed blocks of 65,552 bytes, a thread's
 * arena that appears in the second dump and fills with list nodes of 272 bytes, and what stands around them.
 */
import type { Address } from '../../src/model/address.ts';
import type { RegionKind } from '../../src/model/dump.ts';

const mb = 1 << 20;
const kb = 1 << 10;
export const heapStart: Address = 0x55d0c9c2a000;
export const arenaStart: Address = 0x7f3c10000000;
export const blockStride = 65_552;
export const nodeStride = 272;
/** Ordinary allocations at the start of the heap, before the leaked blocks. */
export const heapPrefix = 160 * kb + 32;

/** One region as it stands in each dump: its bytes, 'absent', or 'not-captured' with a size. */
export interface SynthRegion {
  readonly start: Address;
  readonly kind: RegionKind;
  readonly name: string;
  readonly inCells: boolean;
  readonly bytes: readonly (Uint8Array | null)[];
  readonly isCaptured: boolean;
}

/** Numbers that look random and are the same in every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Runs of text, pointers, small numbers, noise and nothing, as they stand in a heap of an ordinary program. */
function ordinaryBytes(size: number, seed: number): Uint8Array {
  const random = randomNumbers(seed);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 8 <= size; ) {
    const kind = Math.floor(random() * 6);
    for (let left = 1 + Math.floor(random() * 60); left > 0 && at + 8 <= size; left--, at += 8) {
      if (kind === 0) for (let byte = 0; byte < 8; byte++) bytes[at + byte] = 97 + Math.floor(random() * 26);
      else if (kind === 1) view.setBigUint64(at, BigInt(heapStart + 16 * Math.floor(random() * 8000)), true);
      else if (kind === 2) view.setUint32(at, Math.floor(random() * 4000), true);
      else if (kind === 3) view.setBigUint64(at, BigInt(Math.floor(random() * 2 ** 53)) << 9n, true);
    }
  }
  return bytes;
}

function heapBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(ordinaryBytes(Math.min(size, heapPrefix), 1));
  const view = new DataView(bytes.buffer);
  for (let at = heapPrefix; at + blockStride <= size; at += blockStride) view.setUint32(at + 8, blockStride | 1, true);
  return bytes;
}

/** List nodes: header, next, previous, counter, a function, text, zeroes. */
function arenaBytes(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes.set(ordinaryBytes(2048, 2));
  let serial = 0;
  for (let at = 2048; at + nodeStride <= size; at += nodeStride, serial++) {
    view.setUint32(at + 8, nodeStride | 5, true);
    view.setBigUint64(at + 16, BigInt(arenaStart + at + nodeStride + 16), true);
    view.setBigUint64(at + 24, BigInt(arenaStart + Math.max(2048, at - nodeStride) + 16), true);
    view.setUint32(at + 32, serial, true);
    view.setBigUint64(at + 40, 0x55d0c8a01230n, true);
    for (let byte = 64; byte < 128; byte++) bytes[at + byte] = 97 + ((serial + byte) % 26);
  }
  return bytes;
}

function still(start: Address, size: number, kind: RegionKind, name: string, inCells = kind !== 'image'): SynthRegion {
  const bytes = ordinaryBytes(size, start % 1013);
  return { start, kind, name, inCells, bytes: [bytes, bytes, bytes], isCaptured: true };
}

/** The regions over three dumps, by the heap's size in megabytes in each. */
export function synthRegions(sizes: readonly [number, number, number]): SynthRegion[] {
  const whole = heapBytes(Math.floor(sizes[2] * mb));
  const arena = arenaBytes(Math.floor(sizes[2] * 0.25 * mb));
  const secret = { ...still(0x7f3c2a000000, 600 * kb, 'private', 'locked'), isCaptured: false };
  return [
    ...Array.from({ length: 5 }, (_, index) => still(0x55d0c8a00000 + index * 4 * kb, 4 * kb, 'image', 'service')),
    {
      start: heapStart,
      kind: 'heap',
      name: '[heap]',
      inCells: true,
      bytes: sizes.map((size) => whole.subarray(0, Math.floor(size * mb))),
      isCaptured: true,
    },
    {
      start: arenaStart,
      kind: 'heap',
      name: 'arena 1',
      inCells: true,
      bytes: [null, arena.subarray(0, arena.length >> 1), arena],
      isCaptured: true,
    },
    ...Array.from({ length: 9 }, (_, index) =>
      still(0x7f3c20000000 + index * mb, 60 * kb, 'image', `libpart${index}.so`),
    ),
    still(0x7f3c28000000, 700 * kb, 'private', ''),
    secret,
    ...Array.from({ length: 6 }, (_, index) => still(0x7f3c2b000000 + index * 64 * kb, 8 * kb, 'private', '')),
    still(0x7ffd5e000000, 132 * kb, 'stack', '[stack]'),
  ];
}
