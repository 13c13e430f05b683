// leakviz watch: captures of a live Linux process, and their diff.
import type { InferredOptionTypes } from 'yargs';
import { exitCodesHelp } from '../exit-code.ts';
import { captureOptions } from './capture-options.ts';
import type { Command } from './command.ts';
import { diffOptions } from './diff-options.ts';

const series = { type: 'string', requiresArg: true, group: 'Series:' } as const;

const watchOptions = {
  every: { ...series, default: '30s', describe: 'Time between the dumps: 30s, 5min, 2h (30s)' },
  count: { ...series, default: '3', describe: 'How many dumps, 2 or more (3)' },
  until: {
    ...series,
    describe: "Growth to wait for, such as 'growth>50MB': the dumps are then taken at equal steps of it",
  },
  dumps: { ...series, describe: 'Folder for the dumps; NAME.PID.TIME.dumps unless given' },
  'delete-dumps': {
    type: 'boolean',
    default: false,
    group: 'Series:',
    describe: 'Delete them when the report is written',
  },
  incremental: {
    type: 'boolean',
    default: false,
    group: 'Series:',
    describe: 'Store only the pages that changed since the dump before; needs all files together',
  },
  ...captureOptions,
  output: diffOptions.output,
  report: diffOptions.report,
  bundle: diffOptions.bundle,
  'bundle-limit': diffOptions['bundle-limit'],
  'include-contents': diffOptions['include-contents'],
  json: diffOptions.json,
  'full-paths': diffOptions['full-paths'],
  limit: diffOptions.limit,
  modules: diffOptions.modules,
  'temp-dir': diffOptions['temp-dir'],
  'fail-on': diffOptions['fail-on'],
  baseline: diffOptions.baseline,
  'no-pictures': diffOptions['no-pictures'],
  quiet: diffOptions.quiet,
  verbose: diffOptions.verbose,
} as const;

export type WatchArgs = InferredOptionTypes<typeof watchOptions> & { readonly pid?: string };

const about = [
  'The process stands still while a dump is taken, as with capture, and runs on in',
  'between. If it ends, or after Ctrl-C, the dumps so far are compared; a second',
  'Ctrl-C ends that too. The dumps stay: compare them again with other options.',
].join('\n');

export const watch: Command = {
  name: 'watch',
  options: watchOptions,
  missing: { text: 'no process was given', example: 'leakviz watch 1234' },
  add(yargs, signal) {
    return yargs.command(
      'watch <pid>',
      'Dump a running process several times and compare (Linux)',
      (builder) =>
        builder
          .positional('pid', { type: 'string', describe: 'Id of the process' })
          .options(watchOptions)
          .example('$0 watch 1234 --every 10min', 'three dumps within 20 minutes, and the diff')
          .example("$0 watch 1234 --until 'growth>50MB'", 'at the start, at 25 MB and at 50 MB')
          .epilogue(`${about}\n\n${exitCodesHelp}`),
      async (args) => (await import('../handlers/watch.ts')).runWatch(args as unknown as WatchArgs, signal),
    ) as typeof yargs;
  },
};
