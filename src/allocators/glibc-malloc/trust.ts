import type { Memory } from '../../memory/memory.ts';
import { type Address, lastStartingAtOrBelow } from '../../model/address.ts';
import { alignChunk, chunkFlags, isChunkSize, type Layout, sizeIn } from './layout.ts';
import type { Run } from './run.ts';

/** Chunks that must follow one another before a place is believed to be a chunk. User data seldom makes two. */
const trustedChain = 16;

/** Bytes searched for the next trusted chunk, and chains tried on the way, before the search is given up. */
const searchLimit = 256 << 20;
const chainLimit = 1 << 16;

/**
 * Whether `count` chunks follow one another from `chunk`, or fewer up to the run's end. A free one counts only when
 * its size stands at its end as well, as glibc keeps it: stale headers inside a free block fail by that.
 */
export function chainHolds(memory: Memory, layout: Layout, run: Run, chunk: Address, count = trustedChain): boolean {
  const { word, header } = layout;
  let at = chunk;
  let sizeField = memory.word(at + word);
  for (let left = count; left > 0; left -= 1) {
    if (at === run.top) return true;
    if (sizeField === undefined || (sizeField & chunkFlags.mmapped) !== 0) return false;
    const size = sizeIn(sizeField);
    // A fencepost ends a run, but does not make one.
    if (size === header) return at > chunk;
    const next = at + size;
    if (!isChunkSize(layout, size) || next > (run.top ?? run.end - header)) return false;
    const nextField = memory.word(next + word);
    if (nextField === undefined) return false;
    if ((nextField & chunkFlags.previousInUse) === 0 && memory.word(next) !== size) return false;
    at = next;
    sizeField = nextField;
  }
  return true;
}

/**
 * The first place at or after `from` where a chain holds, or the run's top; undefined when there is none within
 * reach. Gaps in what was captured are stepped over.
 */
export function nextTrustedChunk(memory: Memory, layout: Layout, run: Run, from: Address): Address | undefined {
  const { word, alignment } = layout;
  const end = run.top ?? run.end - layout.header;
  const limit = Math.min(end, from + searchLimit);
  let at = alignChunk(layout, from);
  let chains = 0;
  while (at < limit && chains < chainLimit) {
    const sizeField = memory.word(at + word);
    if (sizeField === undefined) {
      at = alignChunk(layout, Math.max(at + alignment, nextCaptured(memory, at + word)));
      continue;
    }
    if (isChunkSize(layout, sizeIn(sizeField))) {
      if (chainHolds(memory, layout, run, at)) return at;
      chains += 1;
    }
    at += alignment;
  }
  return run.top !== undefined && run.top >= from ? run.top : undefined;
}

/** The first captured address after one that is not; infinite when there is none. */
function nextCaptured({ dump }: Memory, address: Address): Address {
  return dump.captured.at(lastStartingAtOrBelow(dump.captured, address) + 1)?.start ?? Number.POSITIVE_INFINITY;
}

/** Whether the chunk's two links lead to chunks or bins that link back: it is free, whatever the tags say. */
export function isBinned(memory: Memory, layout: Layout, chunk: Address): boolean {
  const { word } = layout;
  const forward = memory.word(chunk + 2 * word);
  const back = memory.word(chunk + 3 * word);
  if (!forward || !back) return false;
  return memory.word(forward + 3 * word) === chunk && memory.word(back + 2 * word) === chunk;
}
