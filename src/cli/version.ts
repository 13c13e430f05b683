import { readFileSync } from 'node:fs';

/** From package.json, which stands two folders above the built file as above the source. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
