// Bitmaps without any header: found by the period of their rows.
import type { Memory } from '../../memory/memory.ts';
import { type Address, lastStartingAtOrBelow } from '../../model/address.ts';
import type { Interval } from '../../model/intervals.ts';
import type { List } from '../../model/list.ts';
import type { Pacer } from '../../scan/pacer.ts';
import { largestImage, type ReadBudget } from '../image-bytes.ts';
import { readColumns } from './columns.ts';
import { exactStride } from './exact-stride.ts';
import { findExtent, mostRows } from './extent.ts';
import { findStride } from './find-stride.ts';
import { isPixelLike, pageBytes } from './pixel-like.ts';
import { guessPixelSize, type PixelGuess } from './pixel-size.ts';
import { placeRows } from './place-rows.ts';
import type { RawLayout } from './raw-layout.ts';
import { rowReader } from './row-reader.ts';

export interface RawInput {
  readonly memory: Memory;
  /** Where to look; sorted. Pictures do not reach across their ends. */
  readonly ranges: List<Interval>;
  /** What allocators handed out, where that is known; sorted. Pictures begin where one of these does. */
  readonly blocks: List<Interval>;
  /** Pixels; smaller pictures are left out. */
  readonly leastSide: number;
  readonly pacer: Pacer;
  readonly budget: ReadBudget;
}

/** Small pictures need small windows, long rows large ones. Bytes; lags go up to a quarter. */
const windowSizes = [1 << 14, 1 << 16, 1 << 18];
const leastBytes = 8192;

export async function findRawBitmaps(input: RawInput, found: (layout: RawLayout) => void): Promise<void> {
  const page = new Uint8Array(pageBytes);
  for (const range of input.ranges) {
    /** By window size: how far windows of it have been looked at without success. */
    const doneTo = windowSizes.map(() => range.start);
    for (let at = range.start; at < range.end; ) {
      const size = Math.min(pageBytes, range.end - at);
      const got = input.memory.read(at, page.subarray(0, size));
      await input.pacer.pace(size);
      let next = at + pageBytes;
      if (got === size && isPixelLike(page.subarray(0, size))) {
        const layout = searchFrom(input, at, range, doneTo);
        if (layout) {
          found(layout);
          next = Math.max(next, layout.address + layout.stride * layout.height);
        }
      }
      at = next;
    }
  }
}

function searchFrom(input: RawInput, at: Address, range: Interval, doneTo: Address[]): RawLayout | undefined {
  let best: RawLayout | undefined;
  for (const [index, windowBytes] of windowSizes.entries()) {
    if (at < doneTo[index]!) continue;
    const bounds = boundsOf(input.blocks, at, range);
    const from = Math.max(at, bounds.start);
    const window = new Uint8Array(Math.min(windowBytes, bounds.end - from));
    doneTo[index] = Math.min(from + windowBytes / 2, bounds.end);
    if (input.memory.read(from, window) < window.length) continue;
    const found = findStride(window);
    const measured = found && measureBitmap(input, from, found.stride, bounds);
    if (measured === undefined) continue;
    if ('score' in measured) {
      if (!best || measured.score > best.score) best = measured;
    } else {
      // Rows of something else: what lies between them is more of it.
      for (const other of windowSizes.keys()) doneTo[other] = Math.max(doneTo[other]!, measured.end);
    }
  }
  return best;
}

/** What a picture at the address cannot reach beyond, and whether that is one block of an allocator. */
interface Bounds extends Interval {
  readonly isBlock: boolean;
}

/** The block that holds the address, or the next one where only a few bytes are left of it; else the range. */
function boundsOf(blocks: List<Interval>, at: Address, range: Interval): Bounds {
  const index = lastStartingAtOrBelow(blocks, at);
  const block = index < 0 ? undefined : blocks.at(index);
  if (block && at + leastBytes < block.end) return { ...block, isBlock: true };
  const next = blocks.at(index + 1);
  if (next && next.start < at + 2 * pageBytes) return { ...next, isBlock: true };
  return {
    start: Math.max(range.start, Math.min(at, block?.end ?? range.start)),
    end: Math.min(range.end, next?.start ?? range.end),
    isBlock: false,
  };
}

const mostTurnsOfStride = 4;

/** Memory up to `end` has rows, but they are none of a picture. */
interface NoPicture {
  readonly end: Address;
}

function measureBitmap(
  input: RawInput,
  at: Address,
  guessed: number,
  bounds: Bounds,
): RawLayout | NoPicture | undefined {
  const { memory } = input;
  let stride = guessed;
  let alike = rowsAlike(input, at, stride, bounds);
  // A better stride finds more rows, and more rows a better stride.
  for (let turn = 0; turn < mostTurnsOfStride; turn++) {
    const better = exactStride(memory, alike, stride, bounds);
    if (better === stride) break;
    stride = better;
    alike = rowsAlike(input, at, stride, bounds);
  }
  const { first, rows } = alike;
  if (rows < input.leastSide || rows * stride < leastBytes) return undefined;
  const facts = readColumns(memory, first, stride, rows);
  if (facts === undefined) return undefined;
  const pixel = guessPixelSize(facts);
  const score = scoreOf(facts, pixel, rows);
  if (score <= 0) return { end: first + rows * stride };
  const placed = placeRows({ memory, facts, pixel, first, rows, bounds });
  if (placed.width < input.leastSide || placed.height < input.leastSide) return undefined;
  return { ...placed, score };
}

function rowsAlike(input: RawInput, at: Address, stride: number, bounds: Bounds): { first: Address; rows: number } {
  const most = Math.min(mostRows, Math.floor(largestImage / stride));
  const limits = {
    start: Math.max(-most, -Math.floor((at - bounds.start) / stride)),
    end: Math.min(most, Math.floor((bounds.end - at) / stride)),
  };
  const searched = Math.ceil(windowSizes[0]! / stride);
  const { start, end } = findExtent(rowReader(input.memory, at, stride, input.budget), limits, searched);
  return { first: at + start * stride, rows: end - start };
}

/** Rows alike, pixels alike, compared with places that have nothing to do with each other. */
const largestBelow = 0.62;
const largestAcross = 0.75;
/** Single bytes are like their neighbours in many things; and where changes begin every four bytes, there are words. */
const largestOfGray = 0.55;
const mostWordGrid = 0.5;
/** Rows that are all the same are a pattern: memory filled with one record. */
const leastBusyRows = 0.1;
/** Tables have columns that never change among others that do; a picture's stand together, at its borders. */
const mostTurns = 0.12;
/** Records are mostly one value in all; numbers that count have bytes that change and bytes that do not, in every one. */
const leastVarying = 0.3;
const mostMixed = 0.5;

function scoreOf(facts: ReturnType<typeof readColumns> & object, pixel: PixelGuess, rows: number): number {
  if (facts.elsewhere === 0 || facts.busyRows < leastBusyRows) return 0;
  const below = facts.below / facts.elsewhere;
  const across = pixel.across / facts.elsewhere;
  if (below > largestBelow || across > largestAcross) return 0;
  if (pixel.size === 1 && (Math.max(below, across) > largestOfGray || facts.grid[3]! > mostWordGrid)) return 0;
  const { turns, varying, mixed } = columnShares(facts.constant, pixel);
  if (turns > mostTurns || varying < leastVarying || mixed > mostMixed * varying) return 0;
  const likeness = 1 - (below / largestBelow + across / largestAcross) / 2;
  return Math.min(0.95, 0.5 + 0.35 * likeness + 0.1 * Math.min(1, rows / 256));
}

/**
 * Shares of a row's pixels: how often such that never change and such that do take turns, how many do, and how many have
 * bytes of both kinds. Opacity does not count.
 */
function columnShares(constant: Int16Array, { size, opaqueColumn }: PixelGuess) {
  const pixels = Math.floor(constant.length / size);
  let turns = 0;
  let varying = 0;
  let mixed = 0;
  // Opacity that differs from column to column only.
  const steadyBytes = size === 4 && opaqueColumn === undefined ? 1 : 0;
  let before: boolean | undefined;
  for (let pixel = 0; pixel < pixels; pixel++) {
    let bytes = 0;
    let changing = 0;
    for (let at = pixel * size; at < (pixel + 1) * size; at++) {
      if (size === 4 && at % 4 === opaqueColumn) continue;
      bytes++;
      if (constant[at]! < 0) changing++;
    }
    if (changing > 0) varying++;
    if (changing > 0 && bytes - changing > steadyBytes) mixed++;
    if (before !== undefined && before !== changing > 0) turns++;
    before = changing > 0;
  }
  return { turns: turns / pixels, varying: varying / pixels, mixed: mixed / pixels };
}
