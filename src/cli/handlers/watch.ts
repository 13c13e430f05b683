import { rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProcess } from '../../capture/live-process.ts';
import { LeakvizError } from '../../errors.ts';
import { escapeText } from '../../text/escape-text.ts';
import { printCount } from '../../text/print-quantity.ts';
import { fileNameOf } from '../capture-to-file.ts';
import type { WatchArgs } from '../commands/watch.ts';
import { makeFolder, unwritable } from '../output-folder.ts';
import { parseBytes, parseInterval } from '../parse-quantity.ts';
import { parseProcessId, resolveCapture } from '../resolve-capture.ts';
import { defaultArgs, resolveOptions } from '../resolve-options.ts';
import { type Series, type SeriesOptions, takeSeries } from '../take-series.ts';
import { print, say } from '../terminal.ts';
import { printComparison } from './diff.ts';

export async function runWatch(args: WatchArgs, signal: AbortSignal): Promise<void> {
  const id = parseProcessId('watch', args.pid!);
  const series = resolveSeries(args);
  // What is wrong with them should not be found out hours later.
  const { dumps: folderGiven, ...forDiff } = args;
  const options = resolveOptions({ ...defaultArgs(), ...forDiff }, series.count);
  const folder = makeDumpFolder(folderGiven ?? `${fileNameOf(findProcess(id))}.dumps`);
  const { dumps, ended } = await takeSeries(id, join(folder, '/'), series, signal).catch((error: unknown) => {
    removeIfEmpty(folder);
    throw error;
  });
  sayEnd(ended, dumps.length);
  const paths = dumps.map(({ path }) => path);
  if (paths.length < 2) {
    removeIfEmpty(folder);
    if (ended === 'interrupted') signal.throwIfAborted();
    throw new LeakvizError('unreadable-process', `process ${id} ended after one dump, and one shows no growth`, {
      hint: `Start it again and give a shorter --every; the dump is ${paths[0]}.`,
    });
  }
  // After Ctrl-C the signal is spent; another Ctrl-C ends the run at once, and cleans up.
  await printComparison(paths, options, ended === 'interrupted' ? new AbortController().signal : signal);
  if (args['delete-dumps']) {
    for (const path of paths) rmSync(path, { force: true });
    removeIfEmpty(folder);
  } else if (!options.printsJson && !options.quiet) {
    print(`Dumps:  ${escapeText(folder, Number.POSITIVE_INFINITY)}`);
  }
}

const mostDumps = 1000;
const shortestEveryMs = 1000;

/** Throws LeakvizError with what was expected. */
function resolveSeries(args: WatchArgs): SeriesOptions {
  const count = Number(args.count);
  if (!Number.isInteger(count) || count < 2 || count > mostDumps) {
    throw new LeakvizError('usage', `--count: expected 2 to ${printCount(mostDumps)} dumps, found '${args.count}'`);
  }
  const every = parseInterval(args.every, '--every');
  if (every < shortestEveryMs) {
    throw new LeakvizError('usage', `--every: expected a second or more, found '${args.every}'`, {
      hint: 'Growth between the dumps should stand out.',
    });
  }
  const untilBytes = args.until === undefined ? undefined : parseUntil(args.until);
  const { incremental: isIncremental, quiet } = args;
  return { ...resolveCapture(args), force: false, quiet, every, count, untilBytes, isIncremental };
}

function parseUntil(text: string): number {
  const bytes = parseBytes(/^\s*growth\s*>=?(.*)$/i.exec(text)?.[1] ?? '');
  if (bytes === undefined || bytes <= 0) {
    throw new LeakvizError('usage', `--until: expected a growth such as 'growth>50MB', found '${text}'`, {
      hint: 'Quote it, for the shell takes > for a redirection.',
    });
  }
  return bytes;
}

function makeDumpFolder(path: string): string {
  try {
    makeFolder(path);
    return path;
  } catch (error) {
    throw unwritable(path, error, 'Give another folder with --dumps.');
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It holds dumps, or something else that is not ours.
  }
}

function sayEnd(ended: Series['ended'], count: number): void {
  if (ended === 'complete' || count < 2) return;
  const why = ended === 'interrupted' ? 'stopped' : 'the process has ended';
  say(`${why}; comparing the ${printCount(count)} dumps so far`);
}
