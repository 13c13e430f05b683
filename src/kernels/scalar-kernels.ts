// The kernels in plain TypeScript: what those in WebAssembly have to do, and what does it where there is no SIMD.
import { wordKinds } from '../model/cell-map.ts';
import { classifyWord32, classifyWord64, type PointerTest, pointsInto } from '../model/word-kind.ts';
import { granuleCodes, headerBytes, stretchBytes } from './address-table.ts';
import {
  type Kernels,
  keyBytes,
  type Place,
  sameFlag,
  type Table,
  type TokenBuckets,
  unlisted,
  type WordRules,
  type WordStretch,
} from './kernels.ts';
import { readShapes } from './shapes.ts';
import { readValues } from './values.ts';
import { cellOfCounts, newWordCounts } from './word-counts.ts';

export function scalarKernels(buffer: ArrayBuffer): Kernels {
  const bytes = new Uint8Array(buffer);
  const words = new Uint32Array(buffer);
  const view = new DataView(buffer);
  const counted = newWordCounts();

  function isSame(page: Place, before: Place, size: number): boolean {
    return Buffer.compare(bytes.subarray(page, page + size), bytes.subarray(before, before + size)) === 0;
  }

  function zeroBytes(page: Place, size: number): number {
    let zeros = 0;
    for (let at = page; at < page + size; at++) if (bytes[at] === 0) zeros++;
    return zeros;
  }

  /** Fills `counted`. */
  function countWords(from: Place, size: number, { isWide, isBigEndian }: WordRules, isPointer: PointerTest): void {
    counted.fill(0);
    if (isWide) {
      for (let at = from; at < from + size; at += 8) {
        const first = view.getUint32(at, !isBigEndian);
        const second = view.getUint32(at + 4, !isBigEndian);
        const [lo, hi] = isBigEndian ? [second, first] : [first, second];
        counted[classifyWord64(lo, hi, isPointer)]!++;
      }
    } else {
      for (let at = from; at < from + size; at += 4) {
        counted[classifyWord32(view.getUint32(at, !isBigEndian), isPointer)]!++;
      }
    }
  }

  /** See address-table.ts. */
  function pointerTest({ place, count }: Table): PointerTest {
    const bounds = view.getUint32(place, true);
    const boundCount = view.getUint32(place + 4, true);
    const addressAt = (at: Place) => Number(view.getBigInt64(at, true));
    const isWithinBounds = pointsInto(
      Array.from({ length: boundCount }, (_, index) => ({
        start: addressAt(bounds + 8 * index),
        end: addressAt(bounds + 8 * (boundCount + index)),
      })),
    );
    const stretches = Array.from({ length: count }, (_, index) => {
      const at = place + headerBytes + stretchBytes * index;
      const [codes, granule] = [view.getUint32(at + 16, true), view.getUint32(at + 20, true)];
      return { start: addressAt(at), end: addressAt(at + 8), codes, size: 2 ** granule };
    });
    return (value) => {
      const stretch = stretches.find(({ end }) => value < end);
      if (stretch === undefined || value < stretch.start) return false;
      const code = bytes[stretch.codes + Math.floor((value - stretch.start) / stretch.size)];
      return code === granuleCodes.partly ? isWithinBounds(value) : code === granuleCodes.mapped;
    };
  }

  /** Of each key the low and the high half of its bits, then of its mask. */
  function keysIn({ place, count }: Table): number[][] {
    const at = (key: number, half: number) => view.getUint32(place + keyBytes * key + 4 * half, true);
    return Array.from({ length: count }, (_, key) => [0, 1, 2, 3].map((half) => at(key, half)));
  }

  function hitWriter(hits: Place) {
    let count = 0;
    return {
      count: () => count,
      add(offset: number, key: number) {
        words.set([offset, key], hits / 4 + 2 * count++);
      },
    };
  }

  function wordsOf({ place, bytes: size }: WordStretch): Uint32Array {
    return new Uint32Array(buffer, place, size / 4);
  }

  function listToken(key: number, place: Place, { buckets, keys, offsets, origin }: TokenBuckets): void {
    const hash = Math.imul(key >>> 0, 0x9e3779b1) + Math.imul(Math.floor(key / 2 ** 32), 0x85ebca6b);
    const bucket = buckets.place / 4 + Math.floor((hash >>> 0) / (2 ** 32 / buckets.count));
    const next = words[bucket]!;
    if (next === unlisted) return;
    words[bucket] = next + 1;
    if (keys === 0) return;
    view.setFloat64(keys + 8 * next, key, true);
    words[offsets / 4 + next] = place - origin;
  }

  return {
    buffer,
    comparePages({ current, pageBytes, pages, facts }, before) {
      for (let page = 0; page < pages; page++) {
        const at = current + page * pageBytes;
        const same = before !== undefined && isSame(at, before.current + page * pageBytes, pageBytes);
        words[facts / 4 + page] = zeroBytes(at, pageBytes) + (same ? sameFlag : 0);
      }
    },
    kindCounts({ current, pageBytes, pages, facts }, rules, counts, countsBefore) {
      const isPointer = pointerTest(rules.ranges);
      const kinds = wordKinds.length;
      for (let page = 0; page < pages; page++) {
        const target = counts / 4 + page * kinds;
        if (words[facts / 4 + page]! >= sameFlag) {
          const source = countsBefore / 4 + page * kinds;
          words.copyWithin(target, source, source + kinds);
        } else {
          countWords(current + page * pageBytes, pageBytes, rules, isPointer);
          words.set(counted, target);
        }
      }
    },
    kindCells({ current, pageBytes, pages, facts }, rules, cellBytes, codes, codesBefore) {
      const isPointer = pointerTest(rules.ranges);
      const cells = pageBytes / cellBytes;
      for (let page = 0; page < pages; page++) {
        const target = codes + page * cells;
        const source = codesBefore + page * cells;
        if (words[facts / 4 + page]! >= sameFlag) bytes.copyWithin(target, source, source + cells);
        else
          for (let cell = 0; cell < cells; cell++) {
            countWords(current + page * pageBytes + cell * cellBytes, cellBytes, rules, isPointer);
            bytes[target + cell] = cellOfCounts(counted);
          }
      }
    },
    findValues({ place, bytes: size, wordBytes }, from, keys, hits) {
      const wanted = keysIn(keys);
      const at = (offset: number, half: 0 | 1) =>
        half < wordBytes / 4 ? view.getUint32(place + offset + 4 * half, true) : 0;
      const hit = hitWriter(hits);
      for (let offset = from; offset < size; offset += wordBytes) {
        const [lo, hi] = [at(offset, 0), at(offset, 1)];
        if (offset > 0 && at(offset - wordBytes, 0) === lo && at(offset - wordBytes, 1) === hi) continue;
        for (const [key, [low, high, lowMask, highMask]] of wanted.entries()) {
          const isHigh = wordBytes === 4 || (hi & highMask!) >>> 0 === high;
          if ((lo & lowMask!) >>> 0 === low && isHigh) hit.add(offset, key);
        }
      }
      return hit.count();
    },
    findShapes(stretch, keys, ranges, hits) {
      const wanted = keysIn(keys).map(([lo]) => lo);
      const hit = hitWriter(hits);
      readShapes(wordsOf(stretch), stretch.wordBytes, pointerTest(ranges), (shape, offset) => {
        const key = wanted.indexOf(shape);
        if (key >= 0) hit.add(offset, key);
      });
      return hit.count();
    },
    listValues(stretch, into) {
      readValues(wordsOf(stretch), stretch.wordBytes, (key, offset) => listToken(key, stretch.place + offset, into));
    },
    listShapes(stretch, into, ranges) {
      readShapes(wordsOf(stretch), stretch.wordBytes, pointerTest(ranges), (shape, offset) =>
        listToken(shape, stretch.place + offset, into),
      );
    },
    openBuckets(buckets, least, ends) {
      let listed = 0;
      let count = 0;
      for (let bucket = buckets.place / 4; bucket < buckets.place / 4 + buckets.count; bucket++) {
        const tokens = words[bucket]!;
        words[bucket] = tokens > least ? listed : unlisted;
        if (tokens <= least) continue;
        listed += tokens;
        words[ends / 4 + count++] = listed;
      }
      return count;
    },
  };
}
