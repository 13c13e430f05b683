// From rows that are alike to a picture: its first byte, its rows, its width and the channels of its pixels.
import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Interval } from '../../model/intervals.ts';
import type { ColumnFacts } from './columns.ts';
import { differenceOf } from './difference.ts';
import type { PixelGuess } from './pixel-size.ts';
import type { ChannelKind, RawLayout } from './raw-layout.ts';
import { paddingBytes, wrapColumn } from './row-start.ts';
import { type BitmapShape, isOpacity, sixteenBits } from './sample-pixels.ts';

export interface PlaceInput {
  readonly memory: Memory;
  readonly facts: ColumnFacts;
  readonly pixel: PixelGuess;
  /** Address of column 0 of the first row that is alike, and how many rows are. */
  readonly first: Address;
  readonly rows: number;
  /** What the picture cannot reach beyond, and whether that is one block of an allocator. */
  readonly bounds: Interval & { readonly isBlock: boolean };
}

export function placeRows(input: PlaceInput): Omit<RawLayout, 'score'> {
  const { facts, pixel, memory } = input;
  const { stride } = facts;
  const { start, startBy } = startOf(input);
  const rowStart = modulo(start - input.first, stride);
  const height = rowsFrom(input, start);
  const width = Math.floor((stride - paddingBytes(facts, rowStart, pixel.size)) / pixel.size);
  const opaqueFirst = pixel.opaqueColumn !== undefined && modulo(pixel.opaqueColumn - rowStart, 4) === 0;
  const shape = { address: start, width, height, stride };
  return {
    ...shape,
    pixelBytes: pixel.size,
    channels: channelsOf(memory, pixel, shape),
    colourAt: opaqueFirst ? 1 : 0,
    startBy,
  };
}

function channelsOf(memory: Memory, { size, opaqueColumn }: PixelGuess, shape: BitmapShape): ChannelKind {
  if (size === 1) return 'gray';
  if (size === 2) return sixteenBits(memory, shape);
  if (size === 3) return 'colour';
  return opaqueColumn === undefined && isOpacity(memory, shape) ? 'colour-alpha' : 'colour-unused';
}

/** Noise and borders can hide the likeness of so many of the first rows, as a share of all. */
const unlikeShare = 0.1;

function startOf(input: PlaceInput): { readonly start: Address; readonly startBy: RawLayout['startBy'] } {
  const { facts, pixel, first, bounds } = input;
  const { stride } = facts;
  const begin = Math.max(bounds.start, first - likeBytes(input, first, -1));
  const wrap = wrapColumn(facts, pixel.size, first);
  const isNear = bounds.isBlock && begin - bounds.start <= Math.max(1, input.rows * unlikeShare) * stride;
  const wrapOf = (address: Address) => modulo(address - first - (wrap ?? 0), stride);
  if (
    isNear &&
    (wrap === undefined || isAtWrap(wrapOf(bounds.start), stride, pixel.size) || isWholeRows(bounds, stride))
  ) {
    return { start: bounds.start, startBy: 'block' };
  }
  if (wrap !== undefined) {
    // The first row start that is not before what is alike, by more than a pixel or two that chance to be.
    const slack = 2 * pixel.size + 8;
    const start = begin - slack + modulo(-wrapOf(begin - slack), stride);
    return { start: start < bounds.start ? start + stride : start, startBy: 'edges' };
  }
  if (isNear) return { start: bounds.start, startBy: 'block' };
  // Pixels are aligned, and so is what holds them.
  const aligned = Math.ceil(begin / 16) * 16;
  return { start: aligned - begin < stride ? aligned : begin, startBy: 'likeness' };
}

/** On the jump, or a pixel beside it: edges are soft. */
function isAtWrap(distance: number, stride: number, size: number): boolean {
  return Math.min(distance, stride - distance) <= size;
}

/** A block as long as whole rows are, but for what allocators round up by: the jump is one within the picture. */
function isWholeRows(block: Interval, stride: number): boolean {
  return (block.end - block.start) % stride < 16;
}

const groupBytes = 16;
const largestLikeness = 6;

/** Bytes beyond the rows that are alike still, a row at most: the rest of a row that was cut by chance. */
function likeBytes({ memory, facts, bounds }: PlaceInput, from: Address, direction: 1 | -1): number {
  const { stride } = facts;
  const here = new Uint8Array(groupBytes);
  const there = new Uint8Array(groupBytes);
  const tolerance = Math.max(largestLikeness, facts.below * 3);
  let bytes = 0;
  while (bytes + groupBytes <= stride) {
    const at = direction === 1 ? from + bytes : from - bytes - groupBytes;
    if (at < bounds.start || at + groupBytes > bounds.end) break;
    if (memory.read(at, here) < groupBytes || memory.read(at - direction * stride, there) < groupBytes) break;
    let sum = 0;
    for (let index = 0; index < groupBytes; index++) sum += differenceOf(here[index]!, there[index]!);
    if (sum / groupBytes > tolerance) break;
    bytes += groupBytes;
  }
  return bytes;
}

/** A block of pages is longer than what was asked for, by less than one. */
const blockSlack = 4096 + 32;

function rowsFrom(input: PlaceInput, start: Address): number {
  const { facts, first, rows, bounds, memory } = input;
  const { stride } = facts;
  const lastAlike = first + rows * stride;
  const end = lastAlike + likeBytes(input, lastAlike, 1);
  const alike = Math.max(0, Math.floor((end - start + 8) / stride));
  const possible = Math.floor((bounds.end - start) / stride);
  const isWholeBlock = bounds.isBlock && start === bounds.start && alike >= 0.8 * possible;
  let height = isWholeBlock ? possible : Math.min(alike, possible);
  // What nothing was written to is no part of it, unless the block is just as long.
  const row = new Uint8Array(stride);
  while (height > 1 && !(isWholeBlock && start + height * stride < bounds.end - blockSlack)) {
    const got = memory.read(start + (height - 1) * stride, row);
    if (got === stride && row.some((byte) => byte !== 0)) break;
    if (isWholeBlock && bounds.end - start - height * stride < 16) break;
    height--;
  }
  return height;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
