import type { Options } from 'yargs';
import { LeakvizError } from '../errors.ts';

/** yargs makes a list of what is given twice; which of them was meant? */
export function checkGivenOnce(
  args: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, Options>>,
): void {
  const twice = Object.keys(options).find((name) => Array.isArray(args[name]) && options[name]!.array !== true);
  if (twice !== undefined)
    throw new LeakvizError('usage', `--${twice} is given more than once`, { hint: 'Give it once.' });
}
