import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Allocator, BlockVisitor, Heap } from '../allocator.ts';
import { findCentralLists } from './central-lists.ts';
import { type FreeObjects, readFreeObjects } from './free-objects.ts';
import { readClassSizes, requestRangeOf } from './size-classes.ts';
import { findPageMap, type PageMap, readSpans, type Span } from './spans.ts';

interface TcmallocState {
  readonly map: PageMap;
  /** Bytes by class. */
  readonly classSizes: readonly number[];
  readonly freeObjects: FreeObjects;
}

const blocksPerStep = 4096;

/**
 * tcmalloc of gperftools (2.8 and later) on 64-bit little-endian systems. One heap for all threads. Counts are exact:
 * what threads and the transfer cache keep is told as free. Google's newer tcmalloc is another program.
 */
export const tcmalloc: Allocator = {
  id: 'tcmalloc',
  displayName: 'tcmalloc (gperftools)',
  reference: 'https://github.com/gperftools/gperftools/blob/gperftools-2.10/src/span.h',
  headerBytes: () => 0,
  findHeaps,
  walk: (heap, memory, visitor) => walk(heap.state as TcmallocState, memory, visitor),
  requestRange: (stride) => requestRangeOf(stride),
};

function findHeaps(memory: Memory): Heap[] {
  const { dump } = memory;
  if (dump.pointerSize !== 8 || !dump.littleEndian || dump.addressSpace !== 'virtual') return [];
  const lists = findCentralLists(memory);
  const map = lists && findPageMap(memory, lists);
  const classSizes = lists && readClassSizes(memory, lists);
  if (lists === undefined || map === undefined || classSizes === undefined) return [];
  const ranges: { start: Address; end: Address }[] = [];
  for (const { start, size } of readSpans(memory, map)) {
    const last = ranges.at(-1);
    if (last?.end === start) last.end = start + size;
    else ranges.push({ start, end: start + size });
  }
  const freeObjects = readFreeObjects(memory, lists, classSizes);
  const state: TcmallocState = { map, classSizes, freeObjects };
  return [{ address: map.root, name: 'page heap', ranges, state }];
}

function* walk(state: TcmallocState, memory: Memory, visitor: BlockVisitor): Generator<void, void> {
  let told = 0;
  for (const span of readSpans(memory, state.map)) {
    told += walkSpan(span, state, memory, visitor);
    if (told >= blocksPerStep) {
      told = 0;
      yield;
    }
  }
}

function walkSpan(span: Span, state: TcmallocState, memory: Memory, visitor: BlockVisitor): number {
  const objectSize = span.inUse ? state.classSizes[span.sizeClass] : 0;
  if (objectSize === undefined) {
    visitor.damage(span.start, `span of class ${span.sizeClass}, which does not exist`);
    return 1;
  }
  if (objectSize === 0) {
    tellWhole(span, state, memory, visitor);
    return 1;
  }
  const count = Math.floor(span.size / objectSize);
  const isFree = new Uint8Array(count);
  const freeCount = markFree(span, objectSize, isFree, memory);
  if (freeCount + span.handedOut !== count) {
    visitor.damage(span.start, `${count} objects, but ${span.handedOut} handed out and ${freeCount} free`);
  }
  for (let index = 0; index < count; index += 1) {
    const address = span.start + index * objectSize;
    const live = isFree[index] === 0 && state.freeObjects.get(address) !== span.sizeClass;
    visitor.block(address, objectSize, live, -1);
  }
  return count;
}

/** A sampled object counts with its class; what was asked for stands first in its StackTrace (src/common.h). */
function tellWhole(span: Span, { classSizes }: TcmallocState, memory: Memory, visitor: BlockVisitor): void {
  const request = span.sampled && span.inUse ? memory.i64(span.objects) : undefined;
  if (request === undefined || request < 0 || request > span.size) {
    visitor.block(span.start, span.size, span.inUse, -1);
    return;
  }
  const stride = classSizes.find((size, index) => index > 0 && size >= request) ?? span.size;
  visitor.block(span.start, stride, true, request);
}

/** Follows the span's own list; returns how many objects were on it. */
function markFree(span: Span, objectSize: number, isFree: Uint8Array, memory: Memory): number {
  let count = 0;
  let at = span.objects;
  while (at !== 0 && count < isFree.length) {
    const index = (at - span.start) / objectSize;
    if (!Number.isInteger(index) || isFree[index] !== 0) break;
    isFree[index] = 1;
    count += 1;
    at = memory.i64(at) ?? 0;
  }
  return count;
}
