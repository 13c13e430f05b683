// The main job from paths to a published report. The verdict is printed as soon as it is known, before pictures are drawn.
import { setImmediate } from 'node:timers/promises';
import { allocators } from '../allocators/index.ts';
import { buildReport } from '../assemble/build-report.ts';
import { buildVerdict } from '../assemble/build-verdict.ts';
import { cleanUpTemporaryFiles } from '../bytes/temporary-file.ts';
import { type DiffResult, diffDumps } from '../diff-dumps.ts';
import type { OpenedDump } from '../memory/opened-dump.ts';
import type { LeakReport } from '../model/leak-report.ts';
import { openDumps } from '../open-dumps.ts';
import { contentsMark, printVerdict } from '../reports/index.ts';
import { openSymbols } from '../symbols/open-symbols.ts';
import { onExit } from './clean-up.ts';
import { compileLess } from './compile-less.ts';
import { takeEarlyHelpers } from './early-helpers.ts';
import { applyGate, failUntilJudged, sayGate } from './gate/apply-gate.ts';
import { keepNewSpaceSmall, letNewSpaceGrowWithFewRegions } from './new-space.ts';
import { type OutputFolder, openOutputFolder } from './output-folder.ts';
import { openProgressBar, type ProgressBar } from './progress-bar.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import { newStopwatch, type Stopwatch, sayMore } from './say-more.ts';
import { print, say, terminalOptions } from './terminal.ts';
import { version } from './version.ts';
import { watchInputs } from './watch-inputs.ts';
import { writeResults } from './write-results.ts';

/** Rejects with the signal's reason when it is aborted; then nothing is left in the output folder. */
export async function runDiff(
  paths: readonly string[],
  options: ResolvedOptions,
  signal: AbortSignal,
): Promise<LeakReport> {
  keepNewSpaceSmall();
  if (options.gate) failUntilJudged();
  const checkInputs = watchInputs(paths);
  const folder = openOutputFolder(options.output);
  const bar = await openProgressBar(!options.quiet);
  const forget = onExit(() => {
    bar.stop();
    folder.discard();
    cleanUpTemporaryFiles();
  });
  const run: Run = { options, signal, bar, folder, stopwatch: newStopwatch() };
  let dumps: OpenedDump[] = [];
  try {
    dumps = await open(paths, run);
    letNewSpaceGrowWithFewRegions(dumps);
    const report = await compare(dumps, run, checkInputs);
    if (options.verbose) sayMore(report, run.stopwatch);
    sayGate(report.gate);
    return report;
  } finally {
    for (const dump of dumps) dump.close();
    bar.stop();
    folder.discard();
    forget();
  }
}

interface Run {
  readonly options: ResolvedOptions;
  readonly signal: AbortSignal;
  readonly bar: ProgressBar;
  readonly folder: OutputFolder;
  readonly stopwatch: Stopwatch;
}

async function open(paths: readonly string[], { options, signal, bar, stopwatch }: Run): Promise<OpenedDump[]> {
  const dumps = await openDumps(paths, {
    ...options,
    signal,
    onUnpack: (done, total) => bar.show('unpacking', done, total),
  });
  stopwatch.lap('opening');
  return dumps;
}

const stages = {
  scan: 'reading',
  walk: 'walking heaps',
  strides: 'looking for strides',
  verdict: 'judging',
} as const;

async function compare(dumps: readonly OpenedDump[], run: Run, checkInputs: () => void): Promise<LeakReport> {
  const { options, signal, bar, folder, stopwatch } = run;
  const result = await diffDumps(dumps, {
    allocators,
    withCells: options.withPictures,
    bytesPerCell: options.bytesPerCell,
    jobs: options.jobs,
    helpers: takeEarlyHelpers(),
    onThreads: compileLess,
    signal,
    onProgress: ({ stage, doneBytes, totalBytes }) => bar.show(stages[stage], doneBytes, totalBytes),
    onStageDone: (stage) => stopwatch.lap(stages[stage]),
    onDecided: (decided) => {
      checkInputs();
      bar.stop();
      if (options.includeContents) say(`${contentsMark}: every output of this run quotes bytes of the process`);
      if (!options.printsJson)
        print(printVerdict(buildVerdict(decided, { ...options, allocators }), terminalOptions()));
    },
  });
  const found = describeResult(result, options);
  checkInputs();
  const report = options.gate ? applyGate(found, options.gate) : found;
  stopwatch.lap('reporting');
  const written = await writeResults({ result, report, options, folder, signal, bar });
  // The last moment at which Ctrl-C can be heard: from here on the results are moved in.
  await setImmediate();
  signal.throwIfAborted();
  // Pictures of single blocks were read only now.
  checkInputs();
  folder.publish();
  bar.stop();
  stopwatch.lap('drawing and writing');
  return written;
}

function describeResult(result: DiffResult, options: ResolvedOptions): LeakReport {
  const symbols = openSymbols(result.dumps.at(-1)!.memory, { folders: options.moduleFolders });
  try {
    return buildReport(result, {
      allocators,
      version: version(),
      fullPaths: options.fullPaths,
      limitBytes: options.limitBytes,
      includeContents: options.includeContents,
      symbols,
    });
  } finally {
    symbols.close();
  }
}
