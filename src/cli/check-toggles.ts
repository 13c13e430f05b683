import type { Options } from 'yargs';
import { LeakvizError } from '../errors.ts';

/** yargs takes `--json=yes` for `--json=false`, as it does anything but true. */
export function checkToggles(args: readonly string[], options: Readonly<Record<string, Options>>): void {
  for (const arg of args) {
    const [, name, value] = /^--([\w-]+)=(.*)$/s.exec(arg) ?? [];
    if (name === undefined || options[name]?.type !== 'boolean' || value === 'true' || value === 'false') continue;
    throw new LeakvizError('usage', `--${name} takes no value, found '${value}'`, { hint: `Write --${name} alone.` });
  }
}
