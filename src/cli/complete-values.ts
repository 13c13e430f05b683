// Values that options and arguments take, for completion in a shell. The options check what they are given themselves.
import { pixelDepths } from '../draw/encode/bmp-header.ts';
import { cellOrders } from '../pictures/layout/cell-places.ts';

interface Values {
  readonly words: readonly string[];
  /** Several, joined by commas. */
  readonly isList?: boolean;
}

const depths = { words: pixelDepths.map(String) };

const valuesOf: Readonly<Record<string, Values>> = {
  '--layout': { words: cellOrders },
  '--bpp': depths,
  '--report': { words: ['html', 'md', 'json', 'junit'], isList: true },
  '--fail-on': { words: ['leak', 'growth', 'inconclusive'], isList: true },
  completion: { words: ['bash', 'zsh', 'fish'] },
};

/**
 * What may stand in the place of the last word; undefined where that is for others to say: commands, options, files.
 * @param words of the command line, `leakviz` first
 */
export function completeValues(words: readonly string[]): string[] | undefined {
  const [before, word] = [words.at(-2), words.at(-1) ?? ''];
  if (before === undefined || (before === 'completion' && words.length !== 3)) return undefined;
  const values = Object.hasOwn(valuesOf, before) ? valuesOf[before] : undefined;
  if (!values) return undefined;
  const given = values.isList ? word.slice(0, word.lastIndexOf(',') + 1) : '';
  return values.words.map((value) => given + value).filter((value) => value.startsWith(word));
}
