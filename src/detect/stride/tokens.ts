// What is compared when strides are looked for: words by their value, and words by the kinds of those that follow.
import { keptLow } from '../../kernels/values.ts';

/**
 * `value`: a word that is neither zero, nor text, nor the same as the one before it (a fill pattern has no period, and
 * text has periods of its own). `shape`: the kinds of eight words in a row where a run of one kind begins; found where
 * all values differ from block to block, but each block is laid out alike.
 */
export type TokenKind = 'value' | 'shape';

export const tokenKinds: readonly TokenKind[] = ['value', 'shape'];

/** What words with a key have in common: these bits, seen through the masks. */
export interface KeyWord {
  readonly lo: number;
  readonly hi: number;
  readonly lowMask: number;
}

/** @param key of a value as `valueKey` has it; of a shape its bits */
export function wordOfKey(kind: TokenKind, key: number): KeyWord {
  if (kind === 'shape') return { lo: key, hi: 0, lowMask: -1 };
  const hi = Math.floor(key / 2 ** 32);
  return { lo: key - hi * 2 ** 32, hi: hi >>> 0, lowMask: keptLow(-1, hi) };
}
