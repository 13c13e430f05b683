// Everything that one dump tells: what it is of, what it holds, which heaps are in it.
import type { Allocator } from '../allocators/allocator.ts';
import { matchRegions } from '../compare/match-regions.ts';
import { newRangeTally } from '../detect/range-tally.ts';
import { findHeaps, type HeapTotals, walkHeaps } from '../detect/walk-heaps.ts';
import type { OpenedDump } from '../memory/opened-dump.ts';
import { formatAddress } from '../model/address.ts';
import { type DumpDetail, type DumpWarning, type LoadedModule, regionKinds } from '../model/dump.ts';
import { capturedIntervals } from '../model/dump-tables.ts';
import { intersection, newIntervals, union } from '../model/intervals.ts';
import { type LeftOut, leftOutOfFiles, totalOf } from '../model/left-out.ts';
import { newPacer } from '../scan/pacer.ts';
import { loadedBuildId } from '../symbols/elf-file.ts';
import type { FilledIn } from '../symbols/fill-in.ts';
import { imageSource } from '../symbols/image-source.ts';
import type { Symbols } from '../symbols/open-symbols.ts';

/** Blocks and bytes of one heap, its top or tail of free memory counted as free. */
export interface HeapFacts {
  readonly allocator: string;
  readonly name: string;
  readonly address: string;
  readonly liveBlocks: number;
  readonly liveBytes: number;
  readonly freeBlocks: number;
  readonly freeBytes: number;
}

/** All regions of a kind. What is mapped and not captured was left out by whoever wrote the dump, and is not zero. */
interface RegionFacts {
  readonly kind: string;
  readonly count: number;
  readonly mappedBytes: number;
  readonly capturedBytes: number;
}

export interface ModuleFacts {
  readonly start: string;
  readonly sizeBytes: number;
  readonly path: string;
  readonly version: string | null;
  /** What its symbols are found by: a GNU build-id, or the GUID and age of a PDB. */
  readonly debugId: string | null;
}

/** Sizes in bytes; names and paths are untrusted text. */
export interface DumpFacts {
  readonly path: string;
  readonly fileBytes: number;
  readonly format: string;
  readonly operatingSystem: string;
  readonly architecture: string;
  readonly pointerSize: number;
  readonly littleEndian: boolean;
  readonly pageSize: number;
  /** `virtual`, `physical` or `none`. */
  readonly addressSpace: string;
  readonly processId: number | null;
  readonly processName: string | null;
  readonly capturedAt: string | null;
  readonly timeSource: string | null;
  readonly threadCount: number;
  readonly regionCount: number;
  readonly rangeCount: number;
  readonly mappedBytes: number;
  readonly capturedBytes: number;
  /** Pages of files that whoever wrote the dump left out. */
  readonly leftOut: LeftOut;
  /** What of it the files of modules have; null where none were given. */
  readonly filledIn: FilledIn | null;
  /** By region kind, those that occur. */
  readonly regions: readonly RegionFacts[];
  readonly modules: readonly ModuleFacts[];
  readonly heaps: readonly HeapFacts[];
  /** What else the dump says, by its format: bug check, build. Untrusted text. */
  readonly details: readonly DumpDetail[];
  readonly warnings: readonly DumpWarning[];
}

export async function inspectDump(
  opened: OpenedDump,
  options: {
    readonly allocators: readonly Allocator[];
    /** Of files of modules. */
    readonly symbols?: Symbols | undefined;
    readonly signal?: AbortSignal;
  },
): Promise<DumpFacts> {
  const { memory } = opened;
  const { dump } = memory;
  const tracks = matchRegions([dump]);
  const found = findHeaps([memory], options.allocators);
  const pacer = newPacer(options.signal, () => undefined);
  const walk = await walkHeaps(found, [memory], [newRangeTally(tracks, 0)], pacer);
  return {
    path: opened.path,
    fileBytes: opened.fileBytes,
    format: dump.format,
    operatingSystem: dump.operatingSystem,
    architecture: dump.architecture,
    pointerSize: dump.pointerSize,
    littleEndian: dump.littleEndian,
    pageSize: dump.pageSize,
    addressSpace: dump.addressSpace,
    processId: dump.processId,
    processName: dump.processName,
    capturedAt: opened.capturedAt?.toISOString() ?? null,
    timeSource: opened.timeSource,
    threadCount: dump.threads.length,
    regionCount: dump.regions.length,
    rangeCount: dump.captured.length,
    mappedBytes: totalOf(dump.regions),
    capturedBytes: dump.captured.reduce((sum, range) => sum + range.size, 0),
    leftOut: leftOutOfFiles(dump),
    filledIn: options.symbols?.filledIn() ?? null,
    regions: regionsByKind(opened),
    modules: dump.modules.map((module) => moduleFacts(module, opened)),
    details: dump.details ?? [],
    heaps: walk.heaps.map((heap) => heapFacts(heap, opened)),
    warnings: [...opened.warnings, ...dump.warnings, ...walk.warnings[0]!, ...(options.symbols?.warnings() ?? [])],
  };
}

function regionsByKind({ memory }: OpenedDump): RegionFacts[] {
  const held = union(capturedIntervals(memory.dump.captured));
  const ofKind = new Map(regionKinds.map((kind) => [kind, newIntervals()]));
  for (const region of memory.dump.regions) ofKind.get(region.kind)!.push(region);
  return [...ofKind]
    .filter(([, own]) => own.length > 0)
    .map(([kind, own]) => {
      return { kind, count: own.length, mappedBytes: totalOf(own), capturedBytes: totalOf(intersection(own, held)) };
    });
}

function moduleFacts(module: LoadedModule, { memory }: OpenedDump): ModuleFacts {
  const { dump } = memory;
  const { start, end, path, version, debugId } = module;
  return {
    start: formatAddress(start, dump.pointerSize),
    sizeBytes: end - start,
    path,
    version: version ?? null,
    debugId: debugId ?? loadedBuildId(imageSource(memory, module), dump.pageSize) ?? null,
  };
}

function heapFacts(heap: HeapTotals, { memory }: OpenedDump): HeapFacts {
  return {
    allocator: heap.allocator,
    name: heap.name,
    address: formatAddress(heap.address, memory.dump.pointerSize),
    liveBlocks: heap.liveBlocks[0] ?? 0,
    liveBytes: heap.liveBytes[0] ?? 0,
    freeBlocks: heap.freeBlocks[0] ?? 0,
    freeBytes: heap.freeBytes[0] ?? 0,
  };
}
