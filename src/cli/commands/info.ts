// leakviz info: what one dump holds.
import type { InferredOptionTypes } from 'yargs';
import { exitCodesHelp } from '../exit-code.ts';
import type { Command } from './command.ts';
import { modulesOption, type OneDumpArgs, oneDumpOptions } from './one-dump-options.ts';

const infoOptions = {
  ...oneDumpOptions,
  modules: modulesOption,
  verbose: {
    alias: 'v',
    type: 'boolean',
    default: false,
    group: 'Terminal:',
    describe: 'List all modules and warnings',
  },
} as const;

export type InfoArgs = OneDumpArgs & InferredOptionTypes<typeof infoOptions>;

export const info: Command = {
  name: 'info',
  options: infoOptions,
  missing: { text: 'no dump was given', example: 'leakviz info a.dmp' },
  add(yargs, signal) {
    return yargs.command(
      'info <dump>',
      'Show what one dump holds: process, regions, heaps',
      (builder) =>
        builder
          .positional('dump', { type: 'string', describe: 'A file; compressed ones are unpacked' })
          .options(infoOptions)
          .example('$0 info a.dmp', 'format, process, regions, heaps with used and free blocks')
          .example('$0 info heap.bin --map heap.map', 'raw ranges at their addresses')
          .epilogue(exitCodesHelp),
      async (args) => (await import('../handlers/info.ts')).runInfo(args as unknown as InfoArgs, signal),
    ) as typeof yargs;
  },
};
