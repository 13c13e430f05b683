// Reads memory for given tokens only, as fast as it can be read.
import type { Place, Table } from '../../kernels/kernels.ts';
import { keyBytes, reservedBytes } from '../../kernels/kernels.ts';
import { openKernels } from '../../kernels/open-kernels.ts';
import { rangeTableBytes, writeRanges } from '../../kernels/place-tables.ts';
import type { Memory } from '../../memory/memory.ts';
import { readWordHalves } from '../../memory/read-word-halves.ts';
import type { Address } from '../../model/address.ts';
import { type Interval, union } from '../../model/intervals.ts';
import { type TokenKind, wordOfKey } from './tokens.ts';

/** A piece of memory and the tokens in it, valid until the next piece is asked for. */
export interface TokenPiece {
  readonly start: Address;
  readonly words: Uint32Array;
  /** Per hit the offset in bytes and the index of the key; by offset. */
  readonly hits: Uint32Array;
  readonly hitCount: number;
}

/** Bytes read at a time: what was read is still in the processor's cache when it is looked at. */
const pieceBytes = 1 << 18;
/** Words of the piece before that are looked at again: as many as a shape has, so that each shape is seen once. */
const overlapWords = 8;
/** What kernels may read beyond a stretch. */
const slack = 32;

/**
 * Tells of the tokens in ranges, each range on its own.
 * @param keys all different
 */
export function newTokenFinder(
  memory: Memory,
  kind: TokenKind,
  keys: readonly number[],
): (range: Interval) => Generator<TokenPiece, void> {
  const { pointerSize: wordBytes, regions } = memory.dump;
  const mapped = kind === 'shape' ? union(regions) : [];
  const overlap = overlapWords * wordBytes;
  const room = overlap + pieceBytes;
  const place: Place = reservedBytes;
  const hitsPlace = place + room + slack;
  const keysPlace = hitsPlace + (room / wordBytes) * 8;
  const rangesPlace = keysPlace + keyBytes * keys.length;
  const kernels = openKernels(rangesPlace + rangeTableBytes(mapped));
  const { buffer } = kernels;
  const table: Table = { place: keysPlace, count: keys.length };
  const words = keys.map((key) => wordOfKey(kind, key));
  new Uint32Array(buffer, keysPlace, 4 * keys.length).set(
    words.flatMap(({ lo, hi, lowMask }) => [lo, hi, lowMask, -1]),
  );
  const ranges = writeRanges(buffer, rangesPlace, mapped);
  const hits = new Uint32Array(buffer, hitsPlace, 2 * (room / wordBytes));

  function readPiece(from: Address, end: Address, before: number): TokenPiece {
    const start = from - before;
    const got = readWordHalves(memory, start, new Uint32Array(buffer, place, (end - start) >>> 2));
    const stretch = { place, bytes: got - (got % 8), wordBytes };
    const hitCount =
      kind === 'value'
        ? kernels.findValues(stretch, before, table, hitsPlace)
        : kernels.findShapes(stretch, table, ranges, hitsPlace);
    return { start, words: new Uint32Array(buffer, place, stretch.bytes / 4), hits, hitCount };
  }

  return function* find({ start, end }) {
    for (let at = start; at < end; at += pieceBytes) {
      yield readPiece(at, Math.min(end, at + pieceBytes), at === start ? 0 : overlap);
    }
  };
}
