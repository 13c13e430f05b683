import { allocators } from '../../allocators/index.ts';
import { inspectDump } from '../../inspect/inspect-dump.ts';
import { printDumpFacts } from '../../reports/dump-facts.ts';
import { openSymbols } from '../../symbols/open-symbols.ts';
import type { InfoArgs } from '../commands/info.ts';
import { checkModuleFolders } from '../module-folders.ts';
import { print, terminalOptions } from '../terminal.ts';
import { withDump } from './with-dump.ts';

export async function runInfo(args: InfoArgs, signal: AbortSignal): Promise<void> {
  const folders = checkModuleFolders(args.modules ?? []);
  await withDump(args, signal, async (dump) => {
    const symbols = openSymbols(dump.memory, { folders });
    const facts = await inspectDump(dump, { allocators, symbols, signal }).finally(() => symbols.close());
    print(args.json ? JSON.stringify(facts, null, 2) : printDumpFacts(facts, terminalOptions(), args.verbose));
  });
}
