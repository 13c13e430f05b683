// The kernels in plain TypeScript: what those in WebAssembly have to do, and what does it where there is no SIMD.
import { addressHash } from '../model/address-hash.ts';
import { wordKinds } from '../model/cell-map.ts';
import { pageFlags } from '../model/page-map.ts';
import { classifyWord32, classifyWord64, type PointerTest, pointsInto } from '../model/word-kind.ts';
import { granuleCodes, stretchBytes, stretchesOffset } from './address-table.ts';
import {
  type Kernels,
  type Place,
  pageSums,
  sameFlag,
  type Table,
  type TokenBuckets,
  unlisted,
  type WordRules,
  type WordSteps,
  type WordStretch,
} from './kernels.ts';
import { scalarPlaces } from './scalar-places.ts';
import { readShapes, shapeWords } from './shapes.ts';
import { stepBytes } from './step-table.ts';
import { tallyBytes, tallyFlags } from './tally-table.ts';
import { signatureBytes, tokenBytes } from './token-table.ts';
import { readValues } from './values.ts';
import { cellOfCounts, newWordCounts } from './word-counts.ts';

/** See step-table.ts. */
interface Step {
  readonly place: Place;
  readonly bytes: number;
  readonly offset: number;
  readonly from: number;
}

/** Where its signatures stand, and how many they are. */
interface FoundToken {
  readonly first: Place;
  readonly signatures: number;
}

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
      const at = place + stretchesOffset + stretchBytes * index;
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

  function tokensIn({ place, count }: Table) {
    return Array.from({ length: count }, (_, index) => {
      const [lo, hi, lowMask, highMask, first, signatures] = words.subarray((place + tokenBytes * index) / 4);
      return { lo: lo!, hi: hi!, lowMask: lowMask!, highMask: highMask!, first: first!, signatures: signatures! };
    });
  }

  function stepsIn({ place, count }: Table): Step[] {
    return Array.from({ length: count }, (_, index) => {
      const [at, size, offset, from] = words.subarray((place + stepBytes * index) / 4);
      return { place: at!, bytes: size!, offset: offset!, from: from! };
    });
  }

  /** Goes through steps; `find` tells of the tokens of a stretch. Returns the number of hits. */
  function findHits(
    { table, wordBytes }: WordSteps,
    { before, hits, reach }: { readonly before: Table; readonly hits: Place; readonly reach: number },
    find: (step: Step, tell: (at: Place, token: FoundToken) => void) => void,
  ): number {
    let count = 0;
    const write = (offset: number, signature: number) => words.set([offset, signature], hits / 4 + 2 * count++);
    const stands = (at: Place, companion: Place) => {
      const word = at + view.getInt32(companion, true);
      const isHalf = (half: 0 | 4) => view.getUint32(word + half, true) === view.getUint32(companion + 8 + half, true);
      return isHalf(0) && (wordBytes === 4 || isHalf(4));
    };
    for (const step of stepsIn(table)) {
      if (step.place === 0) {
        const start = step.offset - reach;
        for (let hit = before.place / 4; hit < before.place / 4 + 2 * before.count; hit += 2) {
          const offset = words[hit]!;
          if (offset >= start && offset < start + step.bytes) write(offset, words[hit + 1]!);
        }
      } else {
        find(step, (at, token) => {
          for (let index = 0; index < token.signatures; index++) {
            const signature = token.first + signatureBytes * index;
            const companions = Array.from({ length: words[signature / 4 + 1]! }, (_, one) => signature + 16 + 16 * one);
            if (companions.every((companion) => stands(at, companion)))
              write(step.offset + at - step.place, words[signature / 4]!);
          }
        });
      }
    }
    return count;
  }

  /** Adds a token to a tally; tells the addresses that it counts. */
  function tallyOne(place: Place, address: number, tell: (address: number) => void): void {
    const [countAt, flagsAt] = [place / 4, place / 4 + 1];
    const count = (one: number) => {
      words[countAt]!++;
      if (addressHash(one) < view.getFloat64(place + 16, true)) tell(one);
    };
    const flags = words[flagsAt]!;
    if ((flags & tallyFlags.isShared) === 0) {
      count(address);
      return;
    }
    const [stride, first, last] = [8, 24, 32].map((field) => view.getFloat64(place + field, true));
    const isSeen = (flags & tallyFlags.isSeen) !== 0;
    const isBeside = isSeen && address - last! === stride;
    let kept = flags & ~tallyFlags.isLastCounted;
    if (isBeside) {
      if ((flags & tallyFlags.isLastCounted) === 0) {
        count(last!);
        if (first === last) kept |= tallyFlags.isFirstCounted;
      }
      count(address);
      kept |= tallyFlags.isLastCounted;
    }
    if (!isSeen) view.setFloat64(place + 24, address, true);
    view.setFloat64(place + 32, address, true);
    words[flagsAt] = kept | tallyFlags.isSeen;
  }

  function wordsOf({ place, bytes: size }: Pick<WordStretch, 'place' | 'bytes'>): Uint32Array {
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
    tellPages({ pageBytes, pages, facts }, { captured, flags }, before, sums) {
      const sum = { zero: 0, populated: 0, unchanged: 0, new: 0 };
      for (let page = 0; page < pages; page++) {
        const held = words[captured / 4 + page]!;
        const fact = words[facts / 4 + page]!;
        const zeros = fact & ~sameFlag;
        const heldBefore = before ? words[before.captured / 4 + page]! : 0;
        const becomes = heldBefore === 0 ? 'new' : fact >= sameFlag && heldBefore === held ? 'unchanged' : 'changed';
        const holds = zeros < pageBytes ? 'populated' : 'zero';
        bytes[flags + page] = held === 0 ? 0 : pageFlags[holds] | (before === undefined ? 0 : pageFlags[becomes]);
        if (held === 0) continue;
        // Bytes that are not captured stand as zero in the window.
        sum.zero += zeros - (pageBytes - held);
        if (holds === 'populated') sum.populated += held;
        if (before !== undefined && becomes !== 'changed') sum[becomes] += held;
      }
      words.set(
        pageSums.map((name) => sum[name]),
        sums / 4,
      );
    },
    grownRuns(first, last, pages, runs) {
      const hasGrown = (page: number) => (bytes[last + page]! & ~bytes[first + page]! & pageFlags.populated) !== 0;
      let count = 0;
      for (let page = 0; page < pages; page++) {
        if (!hasGrown(page)) continue;
        const start = page;
        while (page + 1 < pages && hasGrown(page + 1)) page++;
        words.set([start, page + 1], runs / 4 + 2 * count++);
      }
      return count;
    },
    runsOf({ mask, wanted, least }, { flags, count, address, pageBytes }, runs) {
      const isOf = (page: number) => bytes[flags + page] === 0 || (bytes[flags + page]! & mask) === wanted;
      let found = 0;
      for (let page = 0; page < count; page++) {
        const first = page;
        while (page < count && isOf(page)) page++;
        if (page - first < least) continue;
        view.setFloat64(runs + 16 * found, address + first * pageBytes, true);
        view.setFloat64(runs + 16 * found++ + 8, address + page * pageBytes, true);
      }
      return found;
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
    findValues(steps, tokens, before, hits) {
      const { wordBytes } = steps;
      const wanted = tokensIn(tokens);
      const at = (word: Place, half: 0 | 1) => (half < wordBytes / 4 ? view.getUint32(word + 4 * half, true) : 0);
      return findHits(steps, { before, hits, reach: 0 }, ({ place, bytes: size, from }, tell) => {
        for (let word = place + from; word < place + size; word += wordBytes) {
          const [lo, hi] = [at(word, 0), at(word, 1)];
          if (word > place && at(word - wordBytes, 0) === lo && at(word - wordBytes, 1) === hi) continue;
          for (const token of wanted) {
            const isHigh = wordBytes === 4 || (hi & token.highMask) >>> 0 === token.hi;
            if ((lo & token.lowMask) >>> 0 === token.lo && isHigh) tell(word, token);
          }
        }
      });
    },
    findShapes(steps, tokens, ranges, before, hits) {
      const { wordBytes } = steps;
      const wanted = tokensIn(tokens);
      const isPointer = pointerTest(ranges);
      return findHits(steps, { before, hits, reach: (shapeWords - 1) * wordBytes }, (step, tell) => {
        readShapes(wordsOf(step), wordBytes, isPointer, (shape, offset) => {
          for (const token of wanted) if (token.lo === shape) tell(step.place + offset, token);
        });
      });
    },
    tallyHits({ place, count }, origin, tallies, told) {
      let next = told;
      for (let hit = place / 4; hit < place / 4 + 2 * count; hit += 2) {
        const signature = words[hit + 1]!;
        tallyOne(tallies + tallyBytes * signature, origin + words[hit]!, (address) => {
          view.setFloat64(next, address, true);
          words.set([signature, 0], next / 4 + 2);
          next += 16;
        });
      }
      return (next - told) / 16;
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
    tellPure(keys, ends, into) {
      let start = 0;
      for (const [index, end] of new Uint32Array(buffer, ends.place, ends.count).entries()) {
        const own = new Float64Array(buffer, keys + 8 * start, end - start);
        bytes[into + index] = Number(own.every((key) => key === own[0]));
        start = end;
      }
    },
    ...scalarPlaces(buffer),
  };
}
