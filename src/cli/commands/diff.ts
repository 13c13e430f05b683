// leakviz diff: the main job.
import { join } from 'node:path';
import { LeakvizError } from '../../errors.ts';
import { printSummaryBody } from '../../reports/index.ts';
import { json } from '../../reports/json.ts';
import { escapeText } from '../../text/escape-text.ts';
import { exitCodesHelp } from '../exit-code.ts';
import { resolveInputs } from '../resolve-inputs.ts';
import { runDiff } from '../run-diff.ts';
import { print, terminalOptions } from '../terminal.ts';
import { bundleName } from '../write-bundle.ts';
import type { Command } from './command.ts';
import { type DiffArgs, diffOptions, resolveOptions } from './diff-options.ts';

export const diff: Command = {
  name: 'diff',
  options: diffOptions,
  missing: { text: 'no dump was given; two or more are needed', example: 'leakviz diff a.dmp b.dmp c.dmp' },
  add(yargs, signal) {
    return yargs.command(
      'diff <dumps..>',
      'Compare dumps of one process, oldest first',
      (builder) =>
        builder
          .positional('dumps', {
            type: 'string',
            array: true,
            describe: 'Files, folders or patterns; .gz, .zst, .xz and .lz4 are unpacked',
          })
          .options(diffOptions)
          .example('$0 diff a.dmp b.dmp c.dmp', 'what grew, and what fills it')
          .example("$0 diff 'dumps/*.core' -o ticket", 'all that match, by name; 2 before 10')
          .example('$0 diff dumps --interval 10min', 'a folder of dumps, for a rate')
          .epilogue(exitCodesHelp),
      (args) => printDiff(args as unknown as DiffArgs, signal),
    ) as typeof yargs;
  },
};

async function printDiff(args: DiffArgs, signal: AbortSignal): Promise<void> {
  const paths = await resolveInputs(args.dumps ?? []);
  if (paths.length < 2) {
    throw new LeakvizError('usage', `${paths[0]}: one dump shows no growth, two or more are needed`, {
      hint: 'Take another when the process has grown, best two more, and give all of them, oldest first.',
    });
  }
  const options = resolveOptions(args, paths.length);
  const report = await runDiff(paths, options, signal);
  if (options.printsJson) {
    print(json.write(report));
    return;
  }
  if (options.quiet) return;
  print(printSummaryBody(report, terminalOptions()));
  print(`\nReport: ${escapeText(join(options.output, mainFile(options.reports)), Number.POSITIVE_INFINITY)}`);
  if (options.bundleBytes !== undefined)
    print(`Bundle: ${escapeText(join(options.output, bundleName), Number.POSITIVE_INFINITY)}`);
}

/** The one to look at first. */
function mainFile(reports: readonly string[]): string {
  if (reports.includes('html')) return 'report.html';
  return reports.includes('markdown') ? 'report.md' : 'report.json';
}
