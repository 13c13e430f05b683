// leakviz info: what one dump holds.
import type { InferredOptionTypes } from 'yargs';
import { allocators } from '../../allocators/index.ts';
import { inspectDump } from '../../inspect/inspect-dump.ts';
import { printDumpFacts } from '../../reports/dump-facts.ts';
import { exitCodesHelp } from '../exit-code.ts';
import { print, terminalOptions } from '../terminal.ts';
import type { Command } from './command.ts';
import { type OneDumpArgs, oneDumpOptions, withDump } from './one-dump.ts';

const infoOptions = {
  ...oneDumpOptions,
  verbose: {
    alias: 'v',
    type: 'boolean',
    default: false,
    group: 'Terminal:',
    describe: 'List all modules and warnings',
  },
} as const;

type InfoArgs = OneDumpArgs & InferredOptionTypes<typeof infoOptions>;

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
      (args) => runInfo(args as unknown as InfoArgs, signal),
    ) as typeof yargs;
  },
};

async function runInfo(args: InfoArgs, signal: AbortSignal): Promise<void> {
  await withDump(args, infoOptions, signal, async (dump) => {
    const facts = await inspectDump(dump, { allocators, signal });
    print(args.json ? JSON.stringify(facts, null, 2) : printDumpFacts(facts, terminalOptions(), args.verbose));
  });
}
