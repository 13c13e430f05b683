// Turns what was found into the report's contract: ids, hex addresses, file names instead of paths, sentences.
import { timeOrderWarnings } from '../compare/capture-times.ts';
import { committedIn, growthOfTrack } from '../compare/process-totals.ts';
import { runWarnings } from '../compare/runs.ts';
import { sameMemoryWarnings } from '../compare/same-memory.ts';
import { fileName } from '../detect/block-anatomy.ts';
import { collectorOf } from '../detect/collector.ts';
import { trendOf } from '../detect/trend.ts';
import type { HeapTotals } from '../detect/walk-heaps.ts';
import type { DiffResult } from '../diff-dumps.ts';
import type { OpenedDump } from '../memory/opened-dump.ts';
import { formatAddress } from '../model/address.ts';
import type { DumpWarning } from '../model/dump.ts';
import type { LeakReport, ReportAllocation, ReportDump, ReportHeap, ReportRegion } from '../model/leak-report.ts';
import type { Track } from '../model/track.ts';
import { openSymbols, type Symbols } from '../symbols/open-symbols.ts';
import { blockExcerpts } from './block-excerpts.ts';
import { type AllocationRows, buildAllocations } from './build-allocations.ts';
import { buildGrowth, buildVerdict, type VerdictOptions } from './build-verdict.ts';
import { fileWarnings } from './file-warnings.ts';
import { nextSteps, type StepFacts } from './next-steps.ts';

export interface ReportOptions extends VerdictOptions {
  readonly version: string;
  /** Keeps directories in names; off by default, for user names live in paths. */
  readonly fullPaths: boolean;
  /** Quotes bytes of the suspects' blocks; off by default, for they may hold anything. */
  readonly includeContents?: boolean;
  /** Of the last dump; closed by the caller. Those of the dump's own pages unless given. */
  readonly symbols?: Symbols;
}

/** The report without pictures; they are added when they were drawn. */
export function buildReport(result: DiffResult, options: ReportOptions): LeakReport {
  // Without folders no file is opened that would have to be closed.
  const symbols = options.symbols ?? openSymbols(result.dumps.at(-1)!.memory);
  const allocations = buildAllocations(result, options.allocators, symbols);
  const suspects = result.decision.suspects.map((one) => allocations.idOf.get(one)!);
  const { dump } = result.dumps.at(-1)!.memory;
  const chosen = allocations.rows.filter(({ id }) => suspects.includes(id));
  const ofSymbols = [...fileWarnings(dump, symbols, chosen), ...symbols.warnings()];
  const { status, summary, reasons } = buildVerdict(result, options);
  const report: LeakReport = {
    schemaVersion: 1,
    tool: { name: 'leakviz', version: options.version },
    dumps: buildDumps(result, options, ofSymbols),
    regions: result.tracks.map((track, index) => buildRegion(result, track, index, options)),
    heaps: result.walk.heaps.map((heap, index) => buildHeap(heap, index, result)),
    allocations: allocations.rows,
    growth: buildGrowth(result, options),
    verdict: { status, summary, suspects, reasons },
    gate: null,
    nextSteps: [],
    contents: options.includeContents ? excerptsOf(result, allocations.rows, suspects) : null,
    pictures: [],
  };
  return { ...report, nextSteps: nextSteps(report, stepFacts(result, allocations)) };
}

function excerptsOf(result: DiffResult, rows: readonly ReportAllocation[], suspects: readonly string[]) {
  const chosen = suspects.map((id) => rows.find((row) => row.id === id)!);
  return blockExcerpts(chosen, result.dumps.at(-1)!.memory);
}

function stepFacts(result: DiffResult, { idOf }: AllocationRows): StepFacts {
  const { dump } = result.dumps.at(-1)!.memory;
  const headers = new Map([...idOf].map(([candidate, id]) => [id, candidate.headerBytes]));
  return {
    operatingSystem: dump.operatingSystem,
    collector: collectorOf(dump),
    headerBytesOf: (id) => headers.get(id) ?? 0,
    isForDebuggers: dump.isIncremental !== true,
  };
}

function shownName(name: string, options: ReportOptions): string {
  return options.fullPaths ? name : fileName(name);
}

function buildDumps(result: DiffResult, options: ReportOptions, ofSymbols: readonly DumpWarning[]): ReportDump[] {
  const order = timeOrderWarnings(result.dumps);
  const dumps = result.dumps.map(({ memory }) => memory.dump);
  const others = runWarnings(dumps, result.runs);
  const same = sameMemoryWarnings(result.measures, dumps.length);
  return result.dumps.map((opened, index) => {
    const { dump } = opened.memory;
    const ofRun = [
      ...result.walk.warnings[index]!,
      order[index] ?? [],
      others[index] ?? [],
      same[index] ?? [],
      index === result.dumps.length - 1 ? ofSymbols : [],
    ].flat();
    const warnings = [...opened.warnings, ...dump.warnings, ...ofRun];
    return {
      path: shownName(opened.path, options),
      format: dump.format,
      arch: dump.architecture,
      pointerSize: dump.pointerSize,
      pageSize: dump.pageSize,
      processId: dump.processId,
      run: result.runs.runOf[index]! + 1,
      processName: dump.processName,
      capturedAt: opened.capturedAt?.toISOString() ?? null,
      timeSource: opened.timeSource,
      fileBytes: opened.fileBytes,
      mappedBytes: result.totals.mappedBytes[index]!,
      capturedBytes: result.totals.capturedBytes[index]!,
      populatedBytes: result.totals.populatedBytes[index]!,
      zeroBytes: result.totals.zeroBytes[index]!,
      threadCount: dump.threads.length,
      moduleCount: dump.modules.length,
      regionCount: dump.regions.length,
      warnings: warnings.map((warning) => cleanWarning(warning, opened)),
    };
  });
}

/** A message may quote the path it was opened by; the report names files only. */
function cleanWarning(warning: DumpWarning, opened: OpenedDump): DumpWarning {
  return { ...warning, message: warning.message.replaceAll(opened.path, fileName(opened.path)) };
}

function buildRegion(result: DiffResult, track: Track, index: number, options: ReportOptions): ReportRegion {
  const measure = result.measures[index]!;
  const { pointerSize } = result.dumps[0]!.memory.dump;
  const where = (pick: 'start' | 'end') =>
    track.presence.map((presence) => (presence ? formatAddress(presence[pick], pointerSize) : null));
  const numbers = (values: ArrayLike<number>) =>
    track.presence.map((presence, dump) => (presence ? values[dump]! : null));
  // Of what is mapped and not in the file, nothing is known.
  const known = (values: ArrayLike<number>) =>
    numbers(values).map((value, dump) => (measure.capturedBytes[dump] === 0 && track.presence[dump] ? null : value));
  const sinceBefore = (values: ArrayLike<number>) => numbers(values).map((value, dump) => (dump === 0 ? null : value));
  const walked = (pick: 'liveBytes' | 'freeBytes') =>
    track.presence.map((_, dump) =>
      result.tallies[dump]!.isWalked[index] ? result.tallies[dump]![pick][index]! : null,
    );
  const growthBytes = growthOfTrack(track, measure, index, result.captures);
  return {
    id: track.id,
    start: where('start'),
    end: where('end'),
    kind: track.kind,
    name: shownName(track.name, options),
    mappedBytes: track.presence.map((presence) => presence?.mappedBytes ?? null),
    capturedBytes: numbers(measure.capturedBytes),
    populatedBytes: known(measure.populatedBytes),
    zeroBytes: known(measure.zeroBytes),
    liveBytes: walked('liveBytes'),
    freeBytes: walked('freeBytes'),
    changes: {
      unchangedBytes: sinceBefore(measure.unchangedBytes),
      changedBytes: sinceBefore(measure.changedBytes),
      newBytes: sinceBefore(measure.newBytes),
    },
    growthBytes,
    trend: trackTrend(result, track, index),
  };
}

function trackTrend(result: DiffResult, track: Track, index: number) {
  const committed = track.presence.map(committedIn);
  const populated = [...result.measures[index]!.populatedBytes];
  const grows = (values: readonly number[]) => values.at(-1)! - values[0]!;
  // One page is the smallest change there is.
  const isCommitted = !result.captures.isEven[index] || grows(committed) >= grows(populated);
  return trendOf(isCommitted ? committed : populated, result.hours, 4096);
}

function buildHeap(heap: HeapTotals, index: number, result: DiffResult): ReportHeap {
  const { pointerSize } = result.dumps[0]!.memory.dump;
  const { allocator, name, liveBlocks, liveBytes, freeBlocks, freeBytes } = heap;
  const address = formatAddress(heap.address, pointerSize);
  return { id: `h${index + 1}`, allocator, name, address, liveBlocks, liveBytes, freeBlocks, freeBytes };
}
