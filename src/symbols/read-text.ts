import type { ByteSource } from '../bytes/byte-source.ts';
import { LeakvizError } from '../errors.ts';

/** Longest name read, in bytes; those of templates can be longer, and tell nobody anything. */
const longestName = 1024;

const utf8 = new TextDecoder('utf-8');

/** Text up to its NUL; undefined where none ends it within what can be read and is sane. Never throws. */
export function readText(source: Pick<ByteSource, 'read'>, offset: number): string | undefined {
  if (!(offset >= 0)) return undefined;
  const bytes = new Uint8Array(longestName);
  const got = quietly(() => source.read(offset, bytes)) ?? 0;
  const end = bytes.subarray(0, got).indexOf(0);
  return end < 0 ? undefined : utf8.decode(bytes.subarray(0, end));
}

/** Undefined where the bytes are damaged, missing or cannot be read: a name is not worth a run. */
export function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof LeakvizError) return undefined;
    throw error;
  }
}
