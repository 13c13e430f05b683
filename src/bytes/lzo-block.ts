import { copyMatch } from './copy-match.ts';
import { DamagedDataError } from './packed-input.ts';

/** What stood before an instruction decides what the smallest ones mean: literals that it carried, or a run of them. */
const afterRun = 4;

/**
 * Unpacks one block of LZO1X into `into`; returns the bytes written. Throws DamagedDataError for what is no block or
 * does not fit. Reference: https://docs.kernel.org/staging/lzo.html
 */
export function unpackLzoBlock(packed: Uint8Array, into: Uint8Array): number {
  let at = 0;
  let out = 0;
  let state = 0;

  function byte(): number {
    const value = packed[at];
    if (value === undefined) throw damaged();
    at += 1;
    return value;
  }

  /** A length that does not fit its bits goes on in bytes: zeros count 255 each, the first other one ends it. */
  function more(base: number): number {
    let length = base;
    for (;;) {
      const next = byte();
      if (next !== 0) return length + next;
      length += 255;
    }
  }

  function copyLiterals(count: number): void {
    if (count > packed.length - at || count > into.length - out) throw damaged();
    into.set(packed.subarray(at, at + count), out);
    at += count;
    out += count;
  }

  /** A match, and the few literals that its instruction carries. */
  function copy(distance: number, length: number, literals: number): void {
    if (distance > out || length > into.length - out) throw damaged();
    copyMatch(into, out, distance, length);
    out += length;
    copyLiterals(literals);
    state = literals;
  }

  if (packed[0]! > 17) {
    const count = byte() - 17;
    copyLiterals(count);
    state = Math.min(count, afterRun);
  }
  for (;;) {
    const code = byte();
    if (code >= 64) {
      copy(((code >>> 2) & 7) + byte() * 8 + 1, (code >>> 5) + 1, code & 3);
    } else if (code >= 32) {
      const length = (code & 31) === 0 ? more(31) : code & 31;
      const rest = byte() + byte() * 256;
      copy((rest >>> 2) + 1, length + 2, rest & 3);
    } else if (code >= 16) {
      const length = (code & 7) === 0 ? more(7) : code & 7;
      const rest = byte() + byte() * 256;
      const distance = (code & 8) * 2048 + (rest >>> 2);
      // The end is a match at no distance.
      if (distance === 0) return out;
      copy(distance + 0x4000, length + 2, rest & 3);
    } else if (state === 0) {
      copyLiterals((code === 0 ? more(15) : code) + 3);
      state = afterRun;
    } else if (state === afterRun) {
      copy((code >>> 2) + byte() * 4 + 0x801, 3, code & 3);
    } else {
      copy((code >>> 2) + byte() * 4 + 1, 2, code & 3);
    }
  }
}

function damaged(): DamagedDataError {
  return new DamagedDataError('it is damaged');
}
