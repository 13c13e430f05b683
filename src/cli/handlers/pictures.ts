import { join } from 'node:path';
import { LeakvizError } from '../../errors.ts';
import { contentsMark } from '../../reports/index.ts';
import { printPictureList } from '../../reports/picture-list.ts';
import { escapeText } from '../../text/escape-text.ts';
import type { PicturesArgs } from '../commands/pictures.ts';
import { extractPictures, listingName, sheetName } from '../extract-pictures.ts';
import { parseWholeNumber } from '../parse-quantity.ts';
import { print, say, terminalOptions } from '../terminal.ts';
import { withDump } from './with-dump.ts';

export async function runPictures(args: PicturesArgs, signal: AbortSignal): Promise<void> {
  const wishes = {
    leastSide: parseWholeNumber('--min-size', args['min-size'], 1),
    limit: parseWholeNumber('--limit', args.limit, 0),
    order: parseOrder(args['channel-order']),
    output: args.output,
  };
  await withDump(args, signal, async (dump) => {
    const listing = await extractPictures(dump, wishes, signal);
    for (const warning of listing.warnings) say(warning);
    if (args.json) print(JSON.stringify(listing, null, 2));
    else {
      print(printPictureList(listing, terminalOptions()));
      const sheet = escapeText(join(args.output, sheetName), Number.POSITIVE_INFINITY);
      print(`Contact sheet: ${sheet}; the same as a list: ${listingName}`);
    }
    say(`${contentsMark}: pictures, names beside them and list; think before you hand them out`);
  });
}

function parseOrder(text: string | undefined): 'rgb' | 'bgr' | undefined {
  if (text === undefined || text === 'rgb' || text === 'bgr') return text;
  throw new LeakvizError('usage', `--channel-order: expected rgb or bgr, found '${text}'`);
}
