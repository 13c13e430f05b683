// leakviz diff: the main job.
import { exitCodesHelp } from '../exit-code.ts';
import type { Command } from './command.ts';
import { type DiffArgs, diffOptions } from './diff-options.ts';

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
            describe: 'Files, folders or patterns; .gz, .zst, .xz, .lz4, .bz2 and .zip are unpacked',
          })
          .options(diffOptions)
          .example('$0 diff a.dmp b.dmp c.dmp', 'what grew, and what fills it')
          .example("$0 diff 'dumps/*.core' -o ticket", 'all that match, by name; 2 before 10')
          .example('$0 diff dumps --interval 10min', 'a folder of dumps, for a rate')
          .epilogue(exitCodesHelp),
      async (args) => (await import('../handlers/diff.ts')).printDiff(args as unknown as DiffArgs, signal),
    ) as typeof yargs;
  },
};
