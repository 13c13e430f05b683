// Raw files may hold several ranges one after the other; a small text file says which.
import { readFileSync } from 'node:fs';
import { readErrorWords } from '../bytes/system-error.ts';
import { LeakvizError } from '../errors.ts';
import { parseAddress } from '../model/address.ts';
import type { CapturedRange } from '../model/dump.ts';

/** More lines than this is no map that a person or script made for a heap. */
const mostRanges = 1_000_000;

/** Lines of `ADDRESS OFFSET SIZE` in hex; `#` begins a comment. Throws LeakvizError with the line that is wrong. */
export function readRangeMap(path: string): CapturedRange[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new LeakvizError('unreadable-file', `--map: ${path} cannot be read: ${readErrorWords(error)}`, {
      hint: 'Name a text file with lines of ADDRESS OFFSET SIZE in hex.',
      cause: error,
    });
  }
  const ranges: CapturedRange[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    if (words[0] === '') continue;
    const [start, fileOffset, size] = words.map(parseAddress);
    const isSound = words.length === 3 && start !== undefined && fileOffset !== undefined && size !== undefined;
    if (!isSound || fileOffset < 0 || size <= 0 || ranges.length >= mostRanges) {
      throw new LeakvizError(
        'usage',
        `--map: ${path}, line ${index + 1}: expected ADDRESS OFFSET SIZE in hex, found '${line.trim()}'`,
      );
    }
    ranges.push({ start, fileOffset, size });
  }
  if (ranges.length === 0)
    throw new LeakvizError('usage', `--map: ${path} holds no range`, {
      hint: 'Write lines of ADDRESS OFFSET SIZE in hex.',
    });
  return ranges;
}
