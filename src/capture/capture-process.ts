// A live Linux process becomes an ELF core: looked at while it runs, read while it stands still, finished when it goes on.
import { closeSync, openSync } from 'node:fs';
import { createBinaryReader } from '../bytes/binary-reader.ts';
import { memorySource } from '../bytes/memory-source.ts';
import {
  type CaptureBase,
  type CaptureBegin,
  type CaptureEnd,
  type CaptureIdentity,
  captureNoteTypes,
  type Standstill,
} from '../formats/elf-core/capture-notes.ts';
import { mostUnchangedBytes } from '../formats/elf-core/incremental.ts';
import { auxiliaryTypes, readAuxiliaryVector } from '../formats/elf-core/process-notes.ts';
import { isPageSize } from '../formats/vmcoreinfo.ts';
import { accessError } from './access-error.ts';
import { bytesIn, type CoreSink, copyMemory } from './copy-memory.ts';
import { writeCoreHeaders } from './core-headers.ts';
import { type CapturedThread, writeNotes, writeOwnNote } from './core-notes.ts';
import { type Freeze, freeze, isStill } from './freeze.ts';
import { findProcess, type LiveProcess, readOf, threadsOf } from './live-process.ts';
import { createMemoryReader, type MemoryReader } from './memory-reader.ts';
import { createPageDigests, type PageDigests } from './page-digests.ts';
import { type FlagsByRange, parseMappings, readMappingFlags } from './read-mappings.ts';
import { type LiveMapping, type PlannedSegment, planMapping, type Selection } from './select-memory.ts';
import { readRegisters } from './thread-registers.ts';
import { createPageMap } from './touched-pages.ts';

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
  /** In a series whose later cores hold only what changed; leaves a trace for the next one. */
  readonly series?: {
    /** The capture before; undefined for a whole core. */
    readonly base: CaptureTrace | undefined;
  };
}

/** What the next capture of a series is told from. */
export interface CaptureTrace extends CaptureIdentity {
  readonly digests: PageDigests;
  /** File name of the core, without folder. */
  readonly file: string;
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
  /** For the next capture; undefined outside of a series. */
  readonly trace: Omit<CaptureTrace, 'file'> | undefined;
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
    const { base, pageSize, unchanged } = core;
    const digests = options.series && createPageDigests(pageSize, base?.digests);
    const read = await copyMemory(core.segments, reader, sink, { ...options, digests, unchanged });
    const ranMeanwhile =
      standstill !== 'none' && !threadsOf(processId).every(({ state }) => isStill(state) || state === 'D');
    const pausedMs = frozen?.release() ?? null;
    await sink.write(writeEndNotes(process, { ...read, pausedMs }, unchanged));
    const capturedAt = core.capturedAt.toISOString();
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
      trace: digests && { digests, processId: process.id, capturedAt, size: core.size },
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
  /** Bytes of the whole file. */
  readonly size: number;
  readonly pageSize: number;
  /** Undefined for a whole core. */
  readonly base: CaptureTrace | undefined;
  /** For the pages that have not changed since; see copyMemory. */
  readonly unchanged: Uint8Array | undefined;
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
  const memoryBytes = bytesIn(segments.filter(({ isTaken }) => isTaken));
  const base = usableBase(options, memoryBytes, pageSize);
  const unchanged = base && new Uint8Array(bitsFor(memoryBytes, pageSize));
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
      ...(base === undefined ? [] : [baseNote(base)]),
    ],
  });
  const endNotesSize = writeEndNotes(process, { pausedMs: null, unreadBytes: 0, unread: [] }, unchanged).length;
  const isIncremental = base !== undefined;
  const head = writeCoreHeaders({ process, isIncremental, notes, segments, endNotesSize, pageSize });
  const size = head.length + memoryBytes + endNotesSize;
  return { head, segments, mappings, threads: threads.length, capturedAt, size, pageSize, base, unchanged };
}

/** Bytes of a bit per page. */
function bitsFor(memoryBytes: number, pageSize: number): number {
  return Math.ceil(memoryBytes / pageSize / 8);
}

/** A process that has grown beyond what the bits can say is stored whole. */
function usableBase({ series }: CaptureOptions, memoryBytes: number, pageSize: number): CaptureTrace | undefined {
  return bitsFor(memoryBytes, pageSize) > mostUnchangedBytes ? undefined : series?.base;
}

function baseNote({ file, processId, capturedAt, size, digests }: CaptureTrace): [type: number, text: Uint8Array] {
  const base: CaptureBase = { file, processId, capturedAt, size, pageSize: digests.pageSize };
  return [captureNoteTypes.base, new TextEncoder().encode(JSON.stringify(base))];
}

function pageSizeOf(process: LiveProcess, auxiliary: Uint8Array): number {
  const reader = createBinaryReader(memorySource(auxiliary), process);
  const declared = readAuxiliaryVector(reader, process).get(auxiliaryTypes.pageSize) ?? 0;
  // A process may write what it likes there.
  return isPageSize(declared) ? declared : 4096;
}

/** What follows the memory. */
function writeEndNotes(process: LiveProcess, facts: CaptureEnd, unchanged: Uint8Array | undefined): Uint8Array {
  const end = writeEndNote(process, facts);
  if (unchanged === undefined) return end;
  return Buffer.concat([end, writeOwnNote(process, captureNoteTypes.unchanged, unchanged)]);
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
