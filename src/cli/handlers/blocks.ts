import { allocators } from '../../allocators/index.ts';
import { LeakvizError } from '../../errors.ts';
import { profileBlocks } from '../../inspect/profile-blocks.ts';
import { filledInWords, printBlockProfile } from '../../reports/dump-facts.ts';
import { openSymbols } from '../../symbols/open-symbols.ts';
import { escapeText } from '../../text/escape-text.ts';
import { printExactBytes } from '../../text/print-quantity.ts';
import type { BlocksArgs } from '../commands/blocks.ts';
import { checkModuleFolders } from '../module-folders.ts';
import { parseWholeNumber } from '../parse-quantity.ts';
import { print, say, terminalOptions } from '../terminal.ts';
import { withDump } from './with-dump.ts';

export async function runBlocks(args: BlocksArgs, signal: AbortSignal): Promise<void> {
  if (args.stride === undefined) {
    throw new LeakvizError('usage', '--stride: expected the bytes from block to block, nothing was given', {
      hint: 'Give it as diff names it: leakviz blocks a.dmp --stride 272',
    });
  }
  const stride = parseWholeNumber('--stride', args.stride, 8);
  const limit = parseWholeNumber('--limit', args.limit, 0);
  const folders = checkModuleFolders(args.modules ?? []);
  await withDump(args, signal, async (dump) => {
    const symbols = openSymbols(dump.memory, { folders });
    const profiles = await profileBlocks(dump.memory, { allocators, stride, limit, symbols, signal }).finally(() => {
      const filled = symbols.filledIn();
      if (filled) say(`Filled in: ${filledInWords(filled)}.`);
      for (const { message } of symbols.warnings()) say(`! ${escapeText(message, 400)}`);
      symbols.close();
    });
    if (args.json) print(JSON.stringify(profiles, null, 2));
    else if (profiles.length === 0) print(`No blocks of ${printExactBytes(stride)} were found in this dump.`);
    else print(profiles.map((profile) => printBlockProfile(profile, terminalOptions())).join('\n'));
  });
}
