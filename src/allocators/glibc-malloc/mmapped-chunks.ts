import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { chunkFlags, type Layout, sizeIn } from './layout.ts';
import type { MallocParameters } from './malloc-parameters.ts';
import type { MemorySpan } from './memory-spans.ts';

/** A chunk that is a mapping of its own. */
export interface MmappedChunk {
  /** Of its header: the mapping's start, or a little after it where alignment asks for that. */
  readonly address: Address;
  /** Bytes of the mapping, slack before the header included: a multiple of the page size. */
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
  spans: readonly MemorySpan[],
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
  const { word, header, alignment } = layout;
  const { pageSize } = memory.dump;
  // Slack before the header: none, what alignment needs (x86 since 2.26), or what a page-aligned request needs.
  for (const slack of [0, alignment - header, pageSize - header]) {
    const address = start + slack;
    const sizeField = memory.word(address + word);
    if (sizeField === undefined || (sizeField & chunkFlags.all) !== chunkFlags.mmapped) continue;
    const size = sizeIn(sizeField) + slack;
    if (size < pageSize || size % pageSize !== 0 || start + size > limit) continue;
    // Later versions keep a flag in the lowest bit of the slack.
    const kept = memory.word(address);
    if (kept === slack || kept === slack + 1) return { address, size };
  }
  return undefined;
}

function chainsIn(memory: Memory, layout: Layout, span: MemorySpan): Chain[] {
  const chains: Chain[] = [];
  let done = span.start;
  for (const start of span.starts) {
    if (start < done) continue;
    const chunks: MmappedChunk[] = [];
    done = start;
    for (;;) {
      const chunk = readMmappedChunk(memory, layout, done, span.end);
      if (chunk === undefined) break;
      chunks.push(chunk);
      done = endOf(memory, chunk);
    }
    if (chunks.length > 0) chains.push({ chunks, isWhole: done === span.end || span.starts.includes(done) });
  }
  return chains;
}

function endOf({ dump }: Memory, { address, size }: MmappedChunk): Address {
  return Math.floor(address / dump.pageSize) * dump.pageSize + size;
}

/** Looks at every page that no known chunk is in, until `count` chunks are known or the limit is reached. */
function searchPages(
  memory: Memory,
  layout: Layout,
  spans: readonly MemorySpan[],
  known: readonly MmappedChunk[],
  count: number,
): MmappedChunk[] {
  const { pageSize } = memory.dump;
  const knownAt = new Map(known.map((chunk) => [Math.floor(chunk.address / pageSize) * pageSize, chunk]));
  const found: MmappedChunk[] = [];
  let missing = count - known.length;
  let pages = 0;
  for (const span of spans) {
    let at = Math.ceil(span.start / pageSize) * pageSize;
    while (at < span.end) {
      const searching = missing > 0 && pages < pageLimit;
      const chunk = knownAt.get(at) ?? (searching ? readMmappedChunk(memory, layout, at, span.end) : undefined);
      if (chunk !== undefined) {
        found.push(chunk);
        if (!knownAt.has(at)) missing -= 1;
      } else {
        pages += 1;
      }
      at = chunk === undefined ? at + pageSize : endOf(memory, chunk);
    }
  }
  return found;
}
