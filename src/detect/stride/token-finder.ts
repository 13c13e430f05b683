// Reads memory for given tokens only, as fast as it can be read.
import { planAddressTable } from '../../kernels/address-table.ts';
import type { Place, Table } from '../../kernels/kernels.ts';
import { keyBytes } from '../../kernels/kernels.ts';
import { openKernels } from '../../kernels/open-kernels.ts';
import { shapeWords } from '../../kernels/shapes.ts';
import { newPlaces } from '../../kernels/take-places.ts';
import type { Memory } from '../../memory/memory.ts';
import { readWordHalves } from '../../memory/read-word-halves.ts';
import type { Address } from '../../model/address.ts';
import { type Interval, union } from '../../model/intervals.ts';
import { type TokenKind, wordOfKey } from './tokens.ts';

/** Tokens by their kind and the index of their key; by offset. */
interface Hits {
  /** Per hit the offset in bytes and the index of the key. */
  readonly pairs: Uint32Array;
  readonly count: number;
}

/** A piece of memory and the tokens in it, valid until the next piece is asked for. */
export interface TokenPiece {
  readonly start: Address;
  readonly words: Uint32Array;
  readonly hits: Readonly<Record<TokenKind, Hits>>;
}

/** Keys of one dump by kind, all different. */
export type TokenKeys = Readonly<Record<TokenKind, readonly number[]>>;

/** Bytes read at a time, at most: what was read is still in the processor's cache when it is looked at. */
export const pieceBytes = 1 << 18;
/** Words before the piece that are looked at again: all of a shape but its last one, and the one in front of it. */
const overlapWords = shapeWords;
/** Bytes from the first word of a shape to its last. */
export function shapeReach({ dump }: Memory): number {
  return (shapeWords - 1) * dump.pointerSize;
}

/** What kernels may read beyond a stretch. */
const slack = 32;

/**
 * Tells of the tokens in a piece of a range: values that stand in it, and shapes whose last word does. What lies in
 * front of the range is not looked at.
 * @param keys per dump
 */
export function newTokenFinder(
  memories: readonly Memory[],
  keys: readonly TokenKeys[],
): (dump: number, piece: Interval, range: Interval) => TokenPiece {
  const wordBytes = memories[0]!.dump.pointerSize;
  const overlap = overlapWords * wordBytes;
  const room = overlap + pieceBytes;
  const { take, size } = newPlaces(8);
  const place = take(room + slack);
  const hitBytes = (room / wordBytes) * 8;
  const hitPlaces = { value: take(hitBytes), shape: take(hitBytes) };
  const plans = memories.map(({ dump }, index) => {
    const mapped = planAddressTable(keys[index]!.shape.length > 0 ? union(dump.regions) : []);
    const own = {
      value: take(keyBytes * keys[index]!.value.length),
      shape: take(keyBytes * keys[index]!.shape.length),
    };
    return { own, mapped, ranges: take(mapped.bytes) };
  });
  const kernels = openKernels(size());
  const { buffer } = kernels;
  const tables = plans.map(({ own, mapped, ranges }, dump) => ({
    value: writeKeys(buffer, own.value, 'value', keys[dump]!.value),
    shape: writeKeys(buffer, own.shape, 'shape', keys[dump]!.shape),
    ranges: mapped.write(buffer, ranges),
  }));
  const pairs = {
    value: new Uint32Array(buffer, hitPlaces.value, hitBytes / 4),
    shape: new Uint32Array(buffer, hitPlaces.shape, hitBytes / 4),
  };

  return (dump, piece, range) => {
    const before = Math.min(overlap, piece.start - range.start);
    const start = piece.start - before;
    const got = readWordHalves(memories[dump]!, start, new Uint32Array(buffer, place, (piece.end - start) >>> 2));
    const stretch = { place, bytes: got - (got % 8), wordBytes };
    const { value, shape, ranges } = tables[dump]!;
    const values = value.count > 0 ? kernels.findValues(stretch, before, value, hitPlaces.value) : 0;
    const shapes = shape.count > 0 ? kernels.findShapes(stretch, shape, ranges, hitPlaces.shape) : 0;
    return {
      start,
      words: new Uint32Array(buffer, place, stretch.bytes / 4),
      hits: { value: { pairs: pairs.value, count: values }, shape: { pairs: pairs.shape, count: shapes } },
    };
  };
}

function writeKeys(buffer: ArrayBuffer, place: Place, kind: TokenKind, keys: readonly number[]): Table {
  const words = keys.map((key) => wordOfKey(kind, key));
  new Uint32Array(buffer, place, 4 * keys.length).set(words.flatMap(({ lo, hi, lowMask }) => [lo, hi, lowMask, -1]));
  return { place, count: keys.length };
}
