// The main job as one function: opened dumps in, findings out.
import type { Allocator, Heap } from './allocators/allocator.ts';
import { type CaptureDifferences, captureDifferences } from './compare/capture-differences.ts';
import { hoursBetween } from './compare/capture-times.ts';
import { followRegions } from './compare/follow-regions.ts';
import { growthOfTrack, type ProcessTotals, processTotals, withLiveGrowth } from './compare/process-totals.ts';
import { findRuns, type Runs } from './compare/runs.ts';
import type { AllocationClass } from './detect/allocation-class.ts';
import { type Candidate, findCandidates } from './detect/candidates.ts';
import { churnBytes, outgrownBytes } from './detect/churn.ts';
import { collectorOf } from './detect/collector.ts';
import { type CrossCheck, crossCheck } from './detect/cross-check.ts';
import { joinStrides } from './detect/join-strides.ts';
import { newRangeTally, type RangeTally } from './detect/range-tally.ts';
import { findStrideClasses } from './detect/stride/index.ts';
import { wordsBetweenRuns } from './detect/stride/words-between-runs.ts';
import { trendOf } from './detect/trend.ts';
import { isSearched, unwalkedMemory } from './detect/unwalked-memory.ts';
import { type Decision, decide, isMaterial, type ProcessFacts } from './detect/verdict.ts';
import { type FoundHeaps, findHeaps, type WalkResult, walkHeaps } from './detect/walk-heaps.ts';
import type { Memory } from './memory/memory.ts';
import type { OpenedDump } from './memory/opened-dump.ts';
import type { CellMap } from './model/cell-map.ts';
import type { Trend } from './model/leak-report.ts';
import type { PageMap } from './model/page-map.ts';
import type { Track } from './model/track.ts';
import { planCells } from './scan/cell-plan.ts';
import { newPacer } from './scan/pacer.ts';
import { planPages } from './scan/page-plan.ts';
import { scanPageBytes } from './scan/scan-stretch.ts';
import { scanTracks } from './scan/scan-tracks.ts';
import { grownIn, type TrackMeasure } from './scan/track-measure.ts';
import type { Helper } from './threads/helper.ts';
import { startTeam, type Team } from './threads/team.ts';

/** Reading all bytes, walking heaps, looking for strides, judging. */
export type Stage = 'scan' | 'walk' | 'strides' | 'verdict';

/** What the run is busy with; `total` is 0 where it is not known. */
export interface Progress {
  readonly stage: Stage;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface DiffOptions {
  readonly allocators: readonly Allocator[];
  /** Cells are only needed for pictures. */
  readonly withCells: boolean;
  /** Undefined chooses by size. */
  readonly bytesPerCell: number | undefined;
  /** Threads that may read at the same time; 1 unless given. The result is the same. */
  readonly jobs?: number | undefined;
  /** Threads that were started ahead; they are ended here, whether they were of use or not. */
  readonly helpers?: readonly Helper[];
  /** Told when other threads are started. */
  readonly onThreads?: () => void;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  readonly onStageDone?: (stage: Stage) => void;
  /** Told as soon as the verdict stands; what follows describes it. */
  readonly onDecided?: (result: Decided) => void;
}

/** Everything that was measured and found. Arrays run over tracks or dumps in order. */
export interface DiffResult {
  readonly dumps: readonly OpenedDump[];
  readonly runs: Runs;
  readonly tracks: readonly Track[];
  readonly measures: readonly TrackMeasure[];
  /** Per dump, per track. */
  readonly tallies: readonly RangeTally[];
  readonly totals: ProcessTotals;
  readonly captures: CaptureDifferences;
  readonly trend: Trend;
  readonly hours: readonly number[] | null;
  readonly walk: WalkResult;
  readonly candidates: readonly Candidate[];
  readonly decision: Decision;
  /** What the bytes alone say of the walked suspects. */
  readonly crossChecks: ReadonlyMap<Candidate, CrossCheck>;
  readonly cellMap: CellMap;
  /** Of the tracks in the cell map, and those that blocks are looked for in. */
  readonly pageMap: PageMap;
}

/** What is known when the verdict stands. */
export type Decided = Omit<DiffResult, 'crossChecks'>;

/** Compares two or more dumps of one process. Rejects with the signal's reason when aborted. */
export async function diffDumps(dumps: readonly OpenedDump[], options: DiffOptions): Promise<DiffResult> {
  const team = startTeam(
    dumps.map(({ memory }) => memory),
    (options.jobs ?? 1) - 1,
    options.helpers ?? [],
  );
  if (team) options.onThreads?.();
  try {
    return await compareDumps(dumps, options, team);
  } finally {
    await team?.end();
  }
}

async function compareDumps(
  dumps: readonly OpenedDump[],
  options: DiffOptions,
  team: Team | undefined,
): Promise<DiffResult> {
  const memories = dumps.map((dump) => dump.memory);
  const runs = findRuns(memories.map((memory) => memory.dump));
  const found = findHeaps(memories, options.allocators);
  const measured = await measure({ memories, found, runs, team }, options);
  options.onStageDone?.('scan');
  const { tracks, measures } = measured;
  const tallies = memories.map((_, dump) => newRangeTally(tracks, dump));
  const walk = await walkHeaps(found, memories, tallies, pacerFor('walk', memories, options), runs.spaceOf);
  options.onStageDone?.('walk');
  const revealed = measured.captures.revealedOfTrack.reduce((sum, bytes) => sum + bytes, 0);
  const totals = withLiveGrowth(measured.totals, liveGrowthOf(walk) - revealed);
  const strideClasses = await unwalkedClasses({ memories, found, runs, team }, measured, options);
  // What follows is done by this thread alone.
  void team?.end();
  options.onStageDone?.('strides');
  // Times of other runs say nothing of how fast this one grows.
  const hours = isOne(runs.runOf) ? hoursBetween(dumps) : null;
  const candidates = findCandidates({
    classes: [...joinStrides(walk.classes), ...strideClasses],
    allocators: options.allocators,
    memories,
    totalGrowth: totals.totalGrowth,
    hours,
    runOf: runs.runOf,
  });
  const trend = processTrend(totals, hours);
  const decision = decide(
    candidates,
    processFacts({ ...measured, revealed, memories, runs, found, totals, trend, walk }),
  );
  options.onStageDone?.('verdict');
  const decided = { ...measured, totals, dumps, runs, tallies, trend, hours, walk, candidates, decision };
  options.onDecided?.(decided);
  const crossChecks = crossCheck(decision.suspects, { memory: memories.at(-1)!, grown: grownIn(measures), found });
  return { ...decided, crossChecks };
}

interface Measured {
  readonly tracks: readonly Track[];
  readonly measures: readonly TrackMeasure[];
  readonly totals: ProcessTotals;
  readonly captures: CaptureDifferences;
  readonly cellMap: CellMap;
  readonly pageMap: PageMap;
}

interface Compared {
  readonly memories: readonly Memory[];
  readonly found: readonly FoundHeaps[];
  readonly runs: Runs;
  readonly team: Team | undefined;
}

function isOne(groups: readonly number[]): boolean {
  return groups.every((group) => group === groups[0]);
}

/** The one pass over all bytes. */
async function measure({ memories, found, runs, team }: Compared, options: DiffOptions): Promise<Measured> {
  const dumps = memories.map((memory) => memory.dump);
  const heaps = dumps.map((_, dump) => namedHeaps(found, dump));
  const tracks = followRegions(dumps, heaps, runs.spaceOf);
  const cellMap = options.withCells
    ? planCells(tracks, { bytesPerCell: options.bytesPerCell })
    : { bytesPerCell: 4096, tracks: [] };
  const drawn = cellMap.tracks.map(({ trackId }) => trackId);
  const searched = tracks.filter(isSearched).map(({ id }) => id);
  const pageMap = planPages(tracks, new Set([...drawn, ...searched]), scanPageBytes(memories));
  const pacer = pacerFor('scan', memories, options);
  const measures = await scanTracks({ tracks, memories, cellMap, pageMap, pacer, team });
  const captures = captureDifferences(tracks, memories);
  const totals = processTotals(tracks, measures, {
    dumpCount: memories.length,
    captures,
    isOneSpace: isOne(runs.spaceOf),
  });
  return { tracks, measures, cellMap, pageMap, captures, totals };
}

/** Strides in what no walk explains; only looked for when the process grows at all. */
async function unwalkedClasses(
  { memories, found, runs, team }: Compared,
  { tracks, measures, totals, pageMap }: Measured,
  options: DiffOptions,
): Promise<AllocationClass[]> {
  if (!isMaterial(totals.totalGrowth, totals.populatedBytes[0]!)) return [];
  const unwalked = unwalkedMemory({ tracks, measures, found, memories });
  const between = isOne(runs.spaceOf) ? { pageMap } : { words: wordsBetweenRuns(tracks, memories) };
  const pacer = pacerFor('strides', memories, options);
  const classes = await findStrideClasses({ memories, ...unwalked, pacer, team, ...between });
  if (collectorOf(memories.at(-1)!.dump) === null) return classes;
  return classes.map((one) => ({ ...one, countError: Math.max(one.countError, collectedError) }));
}

/** A collector that moves objects leaves the old copies where they were, up to as many as there are objects. */
const collectedError = 0.5;

function pacerFor(stage: Stage, memories: readonly Memory[], options: DiffOptions) {
  const totalBytes = stage === 'scan' ? memories.reduce((sum, memory) => sum + capturedBytes(memory), 0) : 0;
  let doneBytes = 0;
  return newPacer(options.signal, (bytes) => {
    doneBytes += bytes;
    options.onProgress?.({ stage, doneBytes, totalBytes });
  });
}

function capturedBytes(memory: Memory): number {
  return memory.dump.captured.reduce((sum, range) => sum + range.size, 0);
}

function namedHeaps(found: readonly FoundHeaps[], dump: number) {
  return found.flatMap(({ allocator, heaps }) =>
    heaps[dump]!.map((heap) => ({ name: heapName(allocator, heap), heap })),
  );
}

/** `glibc malloc main arena`, `Wine heap 2`. */
function heapName(allocator: Allocator, heap: Heap): string {
  return `${allocator.displayName.replace(/ heap$/, '')} ${heap.name}`;
}

function liveGrowthOf(walk: WalkResult): number {
  return walk.heaps.reduce((sum, { liveBytes }) => sum + (liveBytes.at(-1) ?? 0) - (liveBytes[0] ?? 0), 0);
}

/** A page's worth of change is nothing, and neither is a thousandth of the process. */
function processTrend(totals: ProcessTotals, hours: readonly number[] | null): Trend {
  const committed = totals.committedBytes;
  const populated = totals.populatedBytes;
  const grows = (values: readonly number[]) => values.at(-1)! - values[0]!;
  const values = grows(committed) >= grows(populated) ? committed : populated;
  return trendOf(values, hours, Math.max(65536, values[0]! / 1000));
}

function processFacts(input: {
  readonly memories: readonly Memory[];
  readonly runs: Runs;
  readonly found: readonly FoundHeaps[];
  readonly tracks: readonly Track[];
  readonly measures: readonly TrackMeasure[];
  readonly captures: CaptureDifferences;
  /** In all, bytes. */
  readonly revealed: number;
  readonly totals: ProcessTotals;
  readonly trend: Trend;
  readonly walk: WalkResult;
}): ProcessFacts {
  const { memories, runs, tracks, captures, totals, walk } = input;
  const isOneRun = runs.runOf.at(-1) === runs.runOf[0];
  const sum = (pick: 'liveBytes' | 'freeBytes') =>
    walk.heaps.length === 0
      ? null
      : memories.map((_, dump) => walk.heaps.reduce((total, heap) => total + (heap[pick][dump] ?? 0), 0));
  return {
    dumpCount: memories.length,
    runOf: runs.runOf,
    committedBytes: totals.committedBytes,
    populatedBytes: totals.populatedBytes,
    capturedShares: memories.map((memory, dump) => capturedShare({ memory, dump, tracks, measures: input.measures })),
    revealedBytes: captures.revealedBytes,
    hiddenBytes: captures.hiddenBytes,
    revealedInAll: input.revealed,
    isFirstPartial: captures.isFirstPartial,
    missingAllocators: memories.map((_, dump) =>
      input.found.filter(({ heaps }) => heaps[dump]!.length === 0).map(({ allocator }) => allocator.id),
    ),
    totalGrowth: totals.totalGrowth,
    trend: input.trend,
    collector: collectorOf(memories.at(-1)!.dump),
    liveBytes: sum('liveBytes'),
    freeBytes: sum('freeBytes'),
    churnBytes: churnBytes(walk.classes, isOneRun),
    outgrownBytes: outgrownBytes(walk.classes, isOneRun),
    threadCounts: memories.map(({ dump }) => dump.threads.length),
    stackGrowth: tracks.reduce(
      (growth, track, index) =>
        track.kind === 'stack' ? growth + growthOfTrack(track, input.measures[index]!, index, captures) : growth,
      0,
    ),
  };
}

/** Share of the writable memory that the dump holds; 0 where it does not say how much there was. */
function capturedShare(input: {
  readonly memory: Memory;
  readonly dump: number;
  readonly tracks: readonly Track[];
  readonly measures: readonly TrackMeasure[];
}): number {
  const { memory, dump, tracks, measures } = input;
  if (memory.dump.mayLackRegions) return 0;
  let mapped = 0;
  let captured = 0;
  for (const [index, track] of tracks.entries()) {
    if (!track.writable || track.kind === 'mapped-file') continue;
    mapped += track.presence[dump]?.mappedBytes ?? 0;
    captured += measures[index]!.capturedBytes[dump]!;
  }
  return mapped === 0 ? 0 : captured / mapped;
}
