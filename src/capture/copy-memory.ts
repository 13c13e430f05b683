// The memory of a process on its way into the core.
import { setImmediate } from 'node:timers/promises';
import type { CaptureEnd } from '../formats/elf-core/capture-notes.ts';
import type { MemoryReader } from './memory-reader.ts';
import type { PageDigests } from './page-digests.ts';
import type { PlannedSegment } from './select-memory.ts';

/** Takes the core from its first byte to its last. */
export interface CoreSink {
  /** The bytes may be overwritten once this has resolved. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** So many bytes of zero. */
  skip(count: number): void | Promise<void>;
}

export interface CopyOptions {
  readonly signal: AbortSignal;
  /** Bytes of memory read so far, and in all. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** Told of every page; undefined where nothing will be compared. */
  readonly digests: PageDigests | undefined;
  /** A bit for each page of the core's memory, lowest first: set, and the page skipped, where it has not changed. */
  readonly unchanged: Uint8Array | undefined;
}

export interface CopiedMemory {
  readonly readBytes: number;
  readonly unreadBytes: number;
  readonly unread: CaptureEnd['unread'];
}

/** Bytes read at a time: large enough that calls do not count, small enough to stay in the processor's cache. */
const chunkSize = 1 << 20;

/** Ctrl-C is heard, and progress told, after so long. */
const longestStretchMs = 40;

/** Of what a segment spans, only what was touched is read. */
export async function copyMemory(
  segments: readonly PlannedSegment[],
  reader: MemoryReader,
  sink: CoreSink,
  { signal, onProgress, digests, unchanged }: CopyOptions,
): Promise<CopiedMemory> {
  const buffer = new Uint8Array(chunkSize);
  const taken = segments.filter(({ isTaken }) => isTaken);
  const totalBytes = taken.reduce((sum, { touched }) => sum + bytesIn(touched), 0);
  let lastRest = performance.now();
  let readBytes = 0;
  /** Of the segment, in the core's memory. */
  let position = 0;
  for (const { start, end, touched } of taken) {
    let at = start;
    for (const run of touched) {
      if (run.start > at) await sink.skip(run.start - at);
      for (at = run.start; at < run.end; ) {
        const size = Math.min(chunkSize, run.end - at);
        const chunk = buffer.subarray(0, size);
        reader.read(at, chunk);
        if (digests === undefined) await sink.write(chunk);
        else await writeChanged({ chunk, address: at, position: position + at - start }, sink, { digests, unchanged });
        at += size;
        readBytes += size;
        if (performance.now() - lastRest < longestStretchMs) continue;
        onProgress?.(readBytes, totalBytes);
        await setImmediate();
        signal.throwIfAborted();
        lastRest = performance.now();
      }
    }
    if (end > at) await sink.skip(end - at);
    position += end - start;
  }
  const unread = reader.unread();
  const unreadBytes = bytesIn(unread);
  return {
    readBytes: readBytes - unreadBytes,
    unreadBytes,
    unread: unread.map(({ start, end }) => [start.toString(16), (end - start).toString(16)]),
  };
}

interface Chunk {
  /** Whole pages. */
  readonly chunk: Uint8Array;
  readonly address: number;
  /** In the core's memory. */
  readonly position: number;
}

/** Pages in a row that have changed, or have not, are one step. */
async function writeChanged(
  { chunk, address, position }: Chunk,
  sink: CoreSink,
  { digests, unchanged }: { readonly digests: PageDigests; readonly unchanged: Uint8Array | undefined },
): Promise<void> {
  const { pageSize } = digests;
  let from = 0;
  let areSame = false;
  const flush = async (to: number) => {
    if (to === from) return;
    await (areSame ? sink.skip(to - from) : sink.write(chunk.subarray(from, to)));
    from = to;
  };
  for (let at = 0; at < chunk.length; at += pageSize) {
    const isSame = digests.add(address + at, chunk.subarray(at, at + pageSize)) && unchanged !== undefined;
    if (isSame !== areSame) await flush(at);
    areSame = isSame;
    if (!isSame) continue;
    const page = (position + at) / pageSize;
    unchanged[page >>> 3]! |= 1 << (page & 7);
  }
  await flush(chunk.length);
}

export function bytesIn(ranges: readonly { readonly start: number; readonly end: number }[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}
