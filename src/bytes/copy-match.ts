/** Bytes up to which a plain loop is faster than a call: most literals and matches. */
export const shortCopy = 32;

/** Repeats `length` bytes that stand `distance` before `to`, as all kinds of LZ77 do. Both must lie inside of `bytes`. */
export function copyMatch(bytes: Uint8Array, to: number, distance: number, length: number): void {
  if (distance === 1 && length > shortCopy) {
    bytes.fill(bytes[to - 1]!, to, to + length);
  } else if (distance >= length && length > shortCopy) {
    bytes.copyWithin(to, to - distance, to - distance + length);
  } else {
    // A match that is longer than its distance runs into itself: it repeats the last `distance` bytes.
    for (let index = 0; index < length; index += 1) bytes[to + index] = bytes[to + index - distance]!;
  }
}
