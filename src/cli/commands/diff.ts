// leakviz diff: the main job. Verdict first, pictures after.
import { join } from 'node:path';
import type { Argv } from 'yargs';
import { allocators } from '../../allocators/index.ts';
import { buildReport } from '../../assemble/build-report.ts';
import { cleanUpTemporaryFiles } from '../../bytes/temporary-file.ts';
import { type DiffResult, diffDumps } from '../../diff-dumps.ts';
import { LeakvizError } from '../../errors.ts';
import type { LeakReport } from '../../model/leak-report.ts';
import { printSummaryBody, printVerdict, type TerminalOptions } from '../../reports/index.ts';
import { json } from '../../reports/json.ts';
import { onExit } from '../clean-up.ts';
import { openDumps } from '../open-dumps.ts';
import { openOutputFolder } from '../output-folder.ts';
import { openProgressBar, type ProgressBar } from '../progress-bar.ts';
import { resolveInputs } from '../resolve-inputs.ts';
import { version } from '../version.ts';
import { writeResults } from '../write-results.ts';
import { type DiffArgs, diffOptions, type ResolvedOptions, resolveOptions } from './diff-options.ts';

export function diff(yargs: Argv, signal: AbortSignal): Argv {
  return yargs.command(
    'diff <dumps..>',
    'Compare dumps of one process, in the order they were taken',
    (builder) =>
      builder
        .positional('dumps', { type: 'string', array: true, demandOption: true, describe: 'Dump files, folders or patterns; .gz, .zst and .xz are unpacked' })
        .options(diffOptions)
        .example('$0 diff 7mb.dmp 17mb.dmp 32mb.dmp', 'what grew, and what fills it')
        .example('$0 diff dumps/ --interval 10min -o ticket-42', 'a folder of cores, taken ten minutes apart'),
    async (args) => {
      await runDiff(args as unknown as DiffArgs, signal);
    },
  ) as Argv;
}

/** Also what demo runs. */
export async function runDiff(args: DiffArgs, signal: AbortSignal): Promise<LeakReport> {
  const paths = await resolveInputs(args.dumps ?? []);
  if (paths.length < 2) {
    throw new LeakvizError('usage', `${paths[0] ?? 'diff'}: one dump shows no growth; two or more are needed`, {
      hint: 'Take another dump when the process has grown, best two more, and give all of them in that order.',
    });
  }
  const options = resolveOptions(args, paths.length);
  const folder = openOutputFolder(options.output);
  const forget = onExit(() => folder.discard());
  onExit(cleanUpTemporaryFiles);
  const bar = await openProgressBar(!options.quiet);
  try {
    const { result, report } = await analyze(paths, { options, signal, bar });
    bar.stop();
    if (!options.printsJson) print(printVerdict(report, terminal()));
    const written = await writeResults({ result, report, options, folder, signal, bar });
    folder.publish();
    bar.stop();
    printResults(written, options);
    for (const dump of result.dumps) dump.close();
    return written;
  } finally {
    bar.stop();
    folder.discard();
    forget();
  }
}

interface AnalysisContext {
  readonly options: ResolvedOptions;
  readonly signal: AbortSignal;
  readonly bar: ProgressBar;
}

async function analyze(
  paths: readonly string[],
  context: AnalysisContext,
): Promise<{ result: DiffResult; report: LeakReport }> {
  const { options, signal, bar } = context;
  const dumps = await openDumps(paths, {
    ...options,
    signal,
    onUnpack: (_, done, total) => bar.show('unpacking', done, total),
  });
  const steps = { scan: 'reading', walk: 'walking heaps', strides: 'looking for strides' };
  const result = await diffDumps(dumps, {
    allocators,
    withCells: options.withPictures,
    bytesPerCell: options.bytesPerCell,
    signal,
    onProgress: ({ stage, doneBytes, totalBytes }) => bar.show(steps[stage], doneBytes, totalBytes),
  });
  return { result, report: buildReport(result, { allocators, version: version(), fullPaths: options.fullPaths }) };
}

function printResults(report: LeakReport, options: ResolvedOptions): void {
  if (options.printsJson) {
    print(json.write(report));
    return;
  }
  if (!options.quiet) print(printSummaryBody(report, terminal()));
  const main = options.reports.includes('html') ? 'report.html' : '';
  print(`Report: ${join(options.output, main)}`);
}

function terminal(): TerminalOptions {
  const { stdout, env } = process;
  const noColor = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return { columns: stdout.columns ?? 80, color: stdout.isTTY === true && !noColor, unicode: env['TERM'] !== 'dumb' };
}

function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}
