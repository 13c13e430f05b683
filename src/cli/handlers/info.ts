import { allocators } from '../../allocators/index.ts';
import { inspectDump } from '../../inspect/inspect-dump.ts';
import { printDumpFacts } from '../../reports/dump-facts.ts';
import type { InfoArgs } from '../commands/info.ts';
import { print, terminalOptions } from '../terminal.ts';
import { withDump } from './with-dump.ts';

export async function runInfo(args: InfoArgs, signal: AbortSignal): Promise<void> {
  await withDump(args, signal, async (dump) => {
    const facts = await inspectDump(dump, { allocators, signal });
    print(args.json ? JSON.stringify(facts, null, 2) : printDumpFacts(facts, terminalOptions(), args.verbose));
  });
}
