// A live Linux process becomes an ELF core: looked at while it runs, read while it stands still, finished when it goes on.
import { closeSync, openSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { createBinaryReader } from '../bytes/binary-reader.ts';
import { memorySource } from '../bytes/memory-source.ts';
import {
  type CaptureBegin,
  type CaptureEnd,
  captureNoteTypes,
  type Standstill,
} from '../formats/elf-core/capture-notes.ts';
import { auxiliaryTypes, readAuxiliaryVector } from '../formats/elf-core/process-notes.ts';
import { accessError } from './access-error.ts';
import { writeCoreHeaders } from './core-headers.ts';
import { type CapturedThread, writeNotes, writeOwnNote } from './core-notes.ts';
import { type Freeze, freeze, isStill } from './freeze.ts';
import { findProcess, type LiveProcess, readOf, threadsOf } from './live-process.ts';
import { createMemoryReader, type MemoryReader } from './memory-reader.ts';
import { type FlagsByRange, parseMappings, readMappingFlags } from './read-mappings.ts';
import { type LiveMapping, type PlannedSegment, planMapping, type Selection } from './select-memory.ts';
import { readRegisters } from './thread-registers.ts';
import { createPageMap } from './touched-pages.ts';

/** Takes the core from its first byte to its last. */
export interface CoreSink {
  /** The bytes may be overwritten once this has resolved. */
  write(bytes: Uint8Array): void | Promise<void>;
  /** So many bytes of zero. */
  skip(count: number): void | Promise<void>;
}

export interface CaptureOptions {
  /** Name and version of what writes it, for the core's own note. */
  readonly writer: string;
  readonly selection: Selection;
  /** Whether the process is stopped while it is read. */
  readonly pauses: boolean;
  readonly signal: AbortSignal;
  /** Told how to let the process go on, as soon as it may be stopped: for signals that end leakviz at once. */
  readonly onFreeze?: (undo: () => void) => void;
  /** Bytes of memory read so far, and in all. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

export interface CaptureResult {
  readonly process: LiveProcess;
  readonly capturedAt: Date;
  readonly standstill: Standstill;
  /** Null where the process was not stopped for this. */
  readonly pausedMs: number | null;
  readonly threads: number;
  readonly mappings: number;
  /** Of all mappings that can be accessed. */
  readonly mappedBytes: number;
  /** Bytes that were read. */
  readonly readBytes: number;
  /** Bytes that could not be read; they are zero in the core, and named in its note. */
  readonly unreadBytes: number;
  /** Someone else let the process run on while it was read. */
  readonly ranMeanwhile: boolean;
}

/** Room for the ranges that could not be read; a few hundred. */
const endNoteSize = 16 << 10;

/**
 * Rejects with LeakvizError `unreadable-process` (missing, not permitted, ended meanwhile), `unsupported-system`, what
 * the sink throws, or the signal's reason. The process goes on in any case, unless it stood still before.
 */
export async function captureProcess(
  processId: number,
  sink: CoreSink,
  options: CaptureOptions,
): Promise<CaptureResult> {
  const process = findProcess(processId);
  const flags = readMappingFlags(processId);
  const files = openFiles(processId);
  let frozen: Freeze | undefined;
  try {
    const reader = createMemoryReader(process, files.memory);
    const describe = (standstill: Standstill) =>
      describeCore(process, { flags, reader, pageMap: files.pageMap, standstill, options });
    if (options.pauses) {
      // A rehearsal: what cannot be read is told without stopping anything, and the code is warm when it counts.
      describe('none');
      frozen = await freeze(processId, options);
    }
    const standstill = frozen?.standstill ?? 'none';
    const core = describe(standstill);
    await sink.write(core.head);
    const read = await copyMemory(core.segments, reader, sink, options);
    const ranMeanwhile =
      standstill !== 'none' && !threadsOf(processId).every(({ state }) => isStill(state) || state === 'D');
    const pausedMs = frozen?.release() ?? null;
    await sink.write(writeEndNote(process, { ...read, pausedMs }));
    return {
      process,
      capturedAt: core.capturedAt,
      standstill,
      pausedMs,
      threads: core.threads,
      mappings: core.mappings.length,
      mappedBytes: core.mappings.reduce((sum, { start, end }) => sum + end - start, 0),
      readBytes: read.readBytes,
      unreadBytes: read.unreadBytes,
      ranMeanwhile,
    };
  } finally {
    frozen?.release();
    files.close();
  }
}

/** Opened before the process is stopped: what is not permitted is told without touching it. */
function openFiles(processId: number) {
  const open = (name: string) => openSync(`/proc/${processId}/${name}`, 'r');
  let memory: number;
  try {
    memory = open('mem');
  } catch (error) {
    throw accessError(processId, error);
  }
  let pageMap: number | undefined;
  try {
    pageMap = open('pagemap');
  } catch {
    // Not built into this kernel, or a sandbox: then all pages are read.
  }
  return {
    memory,
    pageMap,
    close() {
      closeSync(memory);
      if (pageMap !== undefined) closeSync(pageMap);
    },
  };
}

interface CoreContext {
  readonly flags: FlagsByRange;
  readonly reader: MemoryReader;
  readonly pageMap: number | undefined;
  readonly standstill: Standstill;
  readonly options: CaptureOptions;
}

interface Core {
  readonly head: Uint8Array;
  readonly segments: readonly PlannedSegment[];
  readonly mappings: readonly LiveMapping[];
  readonly threads: number;
  readonly capturedAt: Date;
}

/** Everything but the memory itself, as it is at this moment. */
function describeCore(process: LiveProcess, { flags, reader, pageMap, standstill, options }: CoreContext): Core {
  const capturedAt = new Date();
  const maps = readOf(process.id, 'maps');
  const mappings = parseMappings(maps.toString('latin1'), flags);
  const auxiliary = readOf(process.id, 'auxv');
  const pageSize = pageSizeOf(process, auxiliary);
  const threads: CapturedThread[] = threadsOf(process.id).map((thread) => ({
    ...thread,
    registers: readRegisters(process.id, thread.id),
  }));
  const stackPointers = threads.flatMap(({ registers }) => (registers ? [Number(registers.stackPointer)] : []));
  const { selection } = options;
  const pages = createPageMap(pageMap, pageSize);
  const context = { selection, pages, pageSize, stackPointers, peek: reader.peek };
  const segments = mappings.flatMap((mapping) => planMapping(mapping, context));
  const status = readOf(process.id, 'status').toString();
  const begin: CaptureBegin = {
    writer: options.writer,
    capturedAt: capturedAt.toISOString(),
    standstill,
    selection,
  };
  const notes = writeNotes({
    process,
    threads,
    userId: Number(/^Uid:\s*(\d+)/m.exec(status)?.[1] ?? 0),
    userGroupId: Number(/^Gid:\s*(\d+)/m.exec(status)?.[1] ?? 0),
    commandLine: readOf(process.id, 'cmdline'),
    auxiliary,
    mappings,
    pageSize,
    own: [
      [captureNoteTypes.begin, new TextEncoder().encode(JSON.stringify(begin))],
      [captureNoteTypes.mappings, maps],
    ],
  });
  const endNotesSize = writeEndNote(process, { pausedMs: null, unreadBytes: 0, unread: [] }).length;
  const head = writeCoreHeaders({ process, notes, segments, endNotesSize, pageSize });
  return { head, segments, mappings, threads: threads.length, capturedAt };
}

function pageSizeOf(process: LiveProcess, auxiliary: Uint8Array): number {
  const reader = createBinaryReader(memorySource(auxiliary), process);
  return readAuxiliaryVector(reader, process).get(auxiliaryTypes.pageSize) ?? 4096;
}

/** JSON, filled up to a fixed size: where it stands was written before it was known. */
function writeEndNote(process: LiveProcess, facts: CaptureEnd): Uint8Array {
  const text = new Uint8Array(endNoteSize);
  for (let count = facts.unread.length; ; count = Math.floor(count / 2)) {
    const bytes = new TextEncoder().encode(JSON.stringify({ ...facts, unread: facts.unread.slice(0, count) }));
    if (bytes.length > endNoteSize) continue;
    text.set(bytes);
    return writeOwnNote(process, captureNoteTypes.end, text);
  }
}

/** Bytes read at a time: large enough that calls do not count, small enough to stay in the processor's cache. */
const chunkSize = 1 << 20;

/** Ctrl-C is heard, and progress told, after so long. */
const longestStretchMs = 40;

interface CopiedMemory {
  readonly readBytes: number;
  readonly unreadBytes: number;
  readonly unread: CaptureEnd['unread'];
}

/** Of what a segment spans, only what was touched is read. */
async function copyMemory(
  segments: readonly PlannedSegment[],
  reader: MemoryReader,
  sink: CoreSink,
  { signal, onProgress }: CaptureOptions,
): Promise<CopiedMemory> {
  const buffer = new Uint8Array(chunkSize);
  const taken = segments.filter(({ isTaken }) => isTaken);
  const totalBytes = taken.reduce((sum, { touched }) => sum + bytesIn(touched), 0);
  let lastRest = performance.now();
  let readBytes = 0;
  for (const { start, end, touched } of taken) {
    let at = start;
    for (const run of touched) {
      if (run.start > at) await sink.skip(run.start - at);
      for (at = run.start; at < run.end; ) {
        const size = Math.min(chunkSize, run.end - at);
        const chunk = buffer.subarray(0, size);
        reader.read(at, chunk);
        await sink.write(chunk);
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
  }
  const unread = reader.unread();
  const unreadBytes = bytesIn(unread);
  return {
    readBytes: readBytes - unreadBytes,
    unreadBytes,
    unread: unread.map(({ start, end }) => [start.toString(16), (end - start).toString(16)]),
  };
}

function bytesIn(ranges: readonly { readonly start: number; readonly end: number }[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}
