import { join } from 'node:path';
import { LeakvizError } from '../../errors.ts';
import { printSummaryBody } from '../../reports/index.ts';
import { json } from '../../reports/json.ts';
import { escapeText } from '../../text/escape-text.ts';
import { bundleName } from '../bundle-file.ts';
import type { DiffArgs } from '../commands/diff-options.ts';
import { resolveInputs } from '../resolve-inputs.ts';
import { type ResolvedOptions, resolveOptions } from '../resolve-options.ts';
import { runDiff } from '../run-diff.ts';
import { print, terminalOptions } from '../terminal.ts';

export async function printDiff(args: DiffArgs, signal: AbortSignal): Promise<void> {
  const paths = await resolveInputs(args.dumps ?? []);
  if (paths.length < 2) {
    throw new LeakvizError('usage', `${paths[0]}: one dump shows no growth, two or more are needed`, {
      hint: 'Take another when the process has grown, best two more, and give all of them, oldest first.',
    });
  }
  await printComparison(paths, resolveOptions(args, paths.length), signal);
}

/** Compares and prints; what a run prints before is its own matter. */
export async function printComparison(
  paths: readonly string[],
  options: ResolvedOptions,
  signal: AbortSignal,
): Promise<void> {
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
