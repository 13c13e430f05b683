import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Allocator, BlockVisitor, Heap } from '../allocator.ts';
import { findArenas } from './arenas.ts';
import { readDelayedBlocks, readPageBlocks } from './free-lists.ts';
import { type StartRule, startRules } from './page-layouts.ts';
import type { Page, Segment } from './pages.ts';
import { findSegments } from './segments.ts';
import { requestRangeOf } from './size-classes.ts';

interface MimallocState {
  readonly segments: readonly Segment[];
  readonly startRule: StartRule;
  readonly delayed: ReadonlySet<Address>;
}

const blocksPerStep = 4096;

/**
 * mimalloc 2.0 to 2.2 and 3.0 on 64-bit little-endian systems. One heap for all threads. Counts are exact: blocks on any free
 * list are told as free. A block with a segment's page of its own is told
 * as the slices that it takes.
 */
export const mimalloc: Allocator = {
  id: 'mimalloc',
  displayName: 'mimalloc',
  reference: 'https://github.com/microsoft/mimalloc/blob/v2.0.9/include/mimalloc-types.h',
  headerBytes: () => 0,
  findHeaps,
  walk: (heap, memory, visitor) => walk(heap.state as MimallocState, memory, visitor),
  requestRange: (stride) => requestRangeOf(stride),
};

function findHeaps(memory: Memory): Heap[] {
  const { dump } = memory;
  if (dump.pointerSize !== 8 || !dump.littleEndian || dump.addressSpace !== 'virtual') return [];
  // Two libraries that each bring their own may well be of different versions.
  return [findSegments(memory), findArenas(memory)].flatMap((segments) => {
    const first = segments[0];
    if (first === undefined) return [];
    const startRule = chooseStartRule(segments);
    const delayed = readDelayedBlocks(memory, segments, (page) => firstBlockOf(page, startRule));
    const state: MimallocState = { segments, startRule, delayed };
    const ranges = segments.map(({ start, size }) => ({ start, end: start + size }));
    return [{ address: first.start, name: 'heap', ranges, state }];
  });
}

/** The rule by which most pages have room for just as many blocks as they say. */
function chooseStartRule(segments: readonly Segment[]): StartRule {
  const scores = startRules.map((rule) => {
    let score = 0;
    for (const { pages } of segments) {
      for (const { size, blockSize, reserved } of pages) {
        if (Math.floor((size - rule(blockSize)) / blockSize) === reserved) score += 1;
      }
    }
    return score;
  });
  return startRules[scores.indexOf(Math.max(...scores))]!;
}

function firstBlockOf(page: Page, startRule: StartRule): Address {
  return page.firstBlock ?? page.start + startRule(page.blockSize);
}

function* walk(state: MimallocState, memory: Memory, visitor: BlockVisitor): Generator<void, void> {
  let told = 0;
  for (const segment of state.segments) {
    for (const page of segment.pages) {
      told += walkPage(page, segment, state, memory, visitor);
      if (told < blocksPerStep) continue;
      told = 0;
      yield;
    }
  }
}

function walkPage(page: Page, segment: Segment, state: MimallocState, memory: Memory, visitor: BlockVisitor): number {
  const first = firstBlockOf(page, state.startRule);
  const { isFree, listed } = readPageBlocks(memory, page, first, segment.layout);
  if (listed + page.used !== page.capacity) {
    visitor.damage(page.start, `${page.capacity} blocks, but ${page.used} in use and ${listed} free`);
  }
  const stride = page.reserved === 1 && first === page.start ? page.size : page.blockSize;
  for (let index = 0; index < page.capacity; index += 1) {
    const address = first + index * page.blockSize;
    visitor.block(address, stride, isFree[index] === 0 && !state.delayed.has(address), -1);
  }
  return page.capacity;
}
