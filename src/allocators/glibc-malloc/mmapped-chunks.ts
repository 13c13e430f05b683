import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { bySize, columnsOf, intervalsOver } from '../../model/intervals.ts';
import type { List } from '../../model/list.ts';
import { chunkFlags, type Layout, sizeIn } from './layout.ts';
import type { MallocParameters } from './malloc-parameters.ts';
import type { MemorySpan } from './memory-spans.ts';

/** A chunk that is a mapping of its own. */
export interface MmappedChunk {
  /** Of the mapping. */
  readonly start: Address;
  /** Of the chunk's header: the mapping's start, or somewhat after it for alignment's sake. */
  readonly address: Address;
  /** Bytes of the mapping: a multiple of the page size. */
  readonly size: number;
}

/** Chunks found one after the other from the start of a region. */
interface Chain {
  readonly chunks: readonly MmappedChunk[];
  /** Whether nothing else follows in the memory that they are in. */
  readonly isWhole: boolean;
}

/** DEFAULT_MMAP_THRESHOLD_MIN: smaller chunks are mapped only when the program asks for that. */
const usualThreshold = 128 << 10;

/** Bytes; what programs align to, huge pages of 1 GiB at most. */
const largestAlignment = 2 ** 30;

/** Bytes of a mapping searched for a header that is at no place that can be told. */
const movedLimit = 4 << 20;

/** Pages looked at one by one for chunks that stand behind other memory in a mapping. */
const pageLimit = 1 << 17;

/**
 * Finds mmapped chunks: their headers stand at the starts of anonymous mappings and, as the kernel joins neighbours,
 * each right after the one before. With `parameters` their number is known: none is looked for when there is none,
 * and when some are missing, every page of writable memory is a candidate.
 */
export function findMmappedChunks(
  memory: Memory,
  layout: Layout,
  spans: List<MemorySpan>,
  parameters: MallocParameters | undefined,
): MmappedChunk[] {
  if (parameters?.mmappedCount === 0) return [];
  const chains = spans.flatMap((span) => chainsIn(memory, layout, span));
  if (parameters === undefined) {
    const believed = chains.filter(
      ({ chunks, isWhole }) => isWhole || chunks.every(({ size }) => size >= usualThreshold),
    );
    return believed.flatMap(({ chunks }) => chunks);
  }
  const all = chains.flatMap(({ chunks }) => chunks);
  if (all.length > parameters.mmappedCount) {
    const whole = chains.filter(({ isWhole }) => isWhole).flatMap(({ chunks }) => chunks);
    return whole.length >= parameters.mmappedCount ? whole : all;
  }
  if (all.length === parameters.mmappedCount) return all;
  return searchPages(memory, layout, spans, all, parameters.mmappedCount);
}

/** The mmapped chunk whose mapping starts at `start` and ends by `limit`; undefined when there is none. */
export function readMmappedChunk(
  memory: Memory,
  layout: Layout,
  start: Address,
  limit: Address,
): MmappedChunk | undefined {
  const least = layout.alignment - layout.header;
  const hasFirst = memory.word(start + least) === least && isMmapped(memory, layout, start + least);
  // memalign moves the header up and leaves the first one, so of several the last is the chunk's. The first may even
  // be stale, after realloc. Sources of 2026 leave none: then a page's alignment is all that is looked for.
  const largest = hasFirst ? largestAlignment : memory.dump.pageSize;
  let found = chunkWithSlack(memory, layout, start, limit, least);
  for (let alignment = 2 * layout.alignment; alignment <= largest; alignment *= 2) {
    const slack = Math.ceil((start + layout.header) / alignment) * alignment - layout.header - start;
    if (start + slack >= limit) break;
    found = chunkWithSlack(memory, layout, start, limit, slack) ?? found;
  }
  return found ?? (hasFirst ? movedChunk(memory, layout, start, limit) : undefined);
}

/** The chunk in a mapping that realloc has moved, so that the slack tells no alignment any more. */
function movedChunk(memory: Memory, layout: Layout, start: Address, limit: Address): MmappedChunk | undefined {
  const { pageSize } = memory.dump;
  const last = Math.min(limit - start, movedLimit);
  for (let slack = pageSize - layout.header; slack < last; slack += pageSize) {
    const found = chunkWithSlack(memory, layout, start, limit, slack);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isMmapped(memory: Memory, { word }: Layout, chunk: Address): boolean {
  const sizeField = memory.word(chunk + word);
  return sizeField !== undefined && (sizeField & chunkFlags.all) === chunkFlags.mmapped;
}

function chunkWithSlack(
  memory: Memory,
  layout: Layout,
  start: Address,
  limit: Address,
  slack: number,
): MmappedChunk | undefined {
  const address = start + slack;
  if (!isMmapped(memory, layout, address)) return undefined;
  const { pageSize } = memory.dump;
  const counted = sizeIn(memory.word(address + layout.word) ?? 0) + slack;
  // In sources of 2026 the size leaves out a header's worth of bytes at the end, so that the chunk is used like any other.
  const size = counted % pageSize === 0 ? counted : counted + layout.header;
  if (size < pageSize || size % pageSize !== 0 || start + size > limit) return undefined;
  // prev_size keeps the slack; the same sources have a flag for huge pages in its lowest bit.
  const kept = memory.word(address);
  return kept === slack || kept === slack + 1 ? { start, address, size } : undefined;
}

function chainsIn(memory: Memory, layout: Layout, span: MemorySpan): Chain[] {
  const chains: Chain[] = [];
  let done = span.start;
  const { starts } = span;
  for (const start of starts) {
    if (start < done) continue;
    const chunks: MmappedChunk[] = [];
    done = start;
    for (;;) {
      const chunk = readMmappedChunk(memory, layout, done, span.end);
      if (chunk === undefined) break;
      chunks.push(chunk);
      done += chunk.size;
    }
    if (chunks.length > 0) chains.push({ chunks, isWhole: done === span.end || starts.includes(done) });
  }
  return chains;
}

/**
 * Looks at every page that no known chunk is in, until `count` chunks are known or the limit is reached. The smallest
 * spans come first: a mapping is joined to thread stacks and the like, seldom to another allocator's gigabytes.
 */
function searchPages(
  memory: Memory,
  layout: Layout,
  spans: List<MemorySpan>,
  known: readonly MmappedChunk[],
  count: number,
): MmappedChunk[] {
  const { pageSize } = memory.dump;
  const knownAt = new Map(known.map((chunk) => [chunk.start, chunk]));
  const found = [...known];
  let pages = 0;
  for (const span of bySize(intervalsOver(columnsOf(spans)))) {
    let at = Math.ceil(span.start / pageSize) * pageSize;
    while (at < span.end && found.length < count && pages < pageLimit) {
      const chunk = knownAt.get(at) ?? readMmappedChunk(memory, layout, at, span.end);
      if (chunk === undefined) pages += 1;
      else if (!knownAt.has(at)) found.push(chunk);
      at += chunk?.size ?? pageSize;
    }
  }
  return found.sort((a, b) => a.start - b.start);
}
