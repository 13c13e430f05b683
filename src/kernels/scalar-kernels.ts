// The kernels in plain TypeScript: what those in WebAssembly have to do, and what does it where there is no SIMD.
import { wordKinds } from '../model/cell-map.ts';
import { classifyWord32, classifyWord64, type PointerTest, pointsInto } from '../model/word-kind.ts';
import { type PageKernels, type Place, sameFlag, type WordRules } from './page-kernels.ts';
import { cellOfCounts, newWordCounts } from './word-counts.ts';

export function scalarKernels(buffer: ArrayBuffer): PageKernels {
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

  function pointerTest({ ranges: { place, count } }: WordRules): PointerTest {
    const at = (index: number) => Number(view.getBigInt64(place + 8 * index, true));
    return pointsInto(Array.from({ length: count }, (_, index) => ({ start: at(index), end: at(count + index) })));
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
      const isPointer = pointerTest(rules);
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
      const isPointer = pointerTest(rules);
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
  } satisfies PageKernels;
}
