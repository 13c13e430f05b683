// leakviz blocks: the blocks of one stride in one dump.
import type { InferredOptionTypes } from 'yargs';
import { allocators } from '../../allocators/index.ts';
import { LeakvizError } from '../../errors.ts';
import { profileBlocks } from '../../inspect/profile-blocks.ts';
import { printBlockProfile } from '../../reports/dump-facts.ts';
import { exitCodesHelp } from '../exit-code.ts';
import { parseBytes } from '../parse-quantity.ts';
import { print, terminalOptions } from '../terminal.ts';
import type { Command } from './command.ts';
import { type OneDumpArgs, oneDumpOptions, withDump } from './one-dump.ts';

const blocksOptions = {
  stride: {
    alias: 's',
    type: 'string',
    requiresArg: true,
    describe: 'Bytes from block to block, as diff names them',
    group: 'Dump:',
  },
  ...oneDumpOptions,
  limit: {
    alias: 'n',
    type: 'string',
    requiresArg: true,
    default: '20',
    describe: 'Addresses to list (20)',
    group: 'Terminal:',
  },
} as const;

type BlocksArgs = OneDumpArgs & InferredOptionTypes<typeof blocksOptions>;

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
      (args) => runBlocks(args as unknown as BlocksArgs, signal),
    ) as typeof yargs;
  },
};

async function runBlocks(args: BlocksArgs, signal: AbortSignal): Promise<void> {
  if (args.stride === undefined) {
    throw new LeakvizError('usage', 'blocks: which stride?', {
      hint: 'Give --stride, as diff names it: leakviz blocks a.dmp --stride 272',
    });
  }
  const stride = wholeNumber('--stride', args.stride, 8);
  const limit = wholeNumber('--limit', args.limit, 0);
  await withDump(args, blocksOptions, signal, async (dump) => {
    const profiles = await profileBlocks(dump.memory, { allocators, stride, limit, signal });
    if (args.json) print(JSON.stringify(profiles, null, 2));
    else if (profiles.length === 0) print(`No blocks of ${stride} bytes were found in this dump.`);
    else print(profiles.map((profile) => printBlockProfile(profile, terminalOptions())).join('\n'));
  });
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = parseBytes(text);
  if (value === undefined || !Number.isInteger(value) || value < least) {
    throw new LeakvizError('usage', `${option}: expected a whole number from ${least}, found '${text}'`);
  }
  return value;
}
