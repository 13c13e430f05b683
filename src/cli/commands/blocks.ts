// leakviz blocks: the blocks of one stride in one dump.
import type { InferredOptionTypes } from 'yargs';
import { exitCodesHelp } from '../exit-code.ts';
import type { Command } from './command.ts';
import { modulesOption, type OneDumpArgs, oneDumpOptions } from './one-dump-options.ts';

const blocksOptions = {
  stride: {
    alias: 's',
    type: 'string',
    requiresArg: true,
    describe: 'Bytes from block to block, as diff names them; has to be given',
    group: 'Dump:',
  },
  ...oneDumpOptions,
  modules: modulesOption,
  limit: {
    alias: 'n',
    type: 'string',
    requiresArg: true,
    default: '20',
    describe: 'Addresses to list (20)',
    group: 'Terminal:',
  },
} as const;

export type BlocksArgs = OneDumpArgs & InferredOptionTypes<typeof blocksOptions>;

export const blocks: Command = {
  name: 'blocks',
  options: blocksOptions,
  missing: { text: 'no dump was given', example: 'leakviz blocks a.dmp --stride 272' },
  add(yargs, signal) {
    return yargs.command(
      'blocks <dump>',
      'List and profile the blocks of one stride',
      (builder) =>
        builder
          .positional('dump', { type: 'string', describe: 'A file; compressed ones are unpacked' })
          .options(blocksOptions)
          .example('$0 blocks c.dmp --stride 65552', 'how many, where, and what is inside')
          .epilogue(exitCodesHelp),
      async (args) => (await import('../handlers/blocks.ts')).runBlocks(args as unknown as BlocksArgs, signal),
    ) as typeof yargs;
  },
};
