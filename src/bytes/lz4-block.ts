import { copyMatch, shortCopy } from './copy-match.ts';
import { DamagedDataError } from './packed-input.ts';

/** Matches shorter than this are not stored, so lengths count from here. */
const shortestMatch = 4;

/**
 * Unpacks one LZ4 block from `packed` to `into` from `start` on; what stands before `start` is the history that matches
 * may refer to. Returns where the unpacked bytes end. Throws DamagedDataError for what is no block or does not fit.
 */
export function unpackLz4Block(packed: Uint8Array, into: Uint8Array, start: number): number {
  let at = 0;
  let out = start;
  while (at < packed.length) {
    const token = packed[at]!;
    at += 1;
    let literals = token >>> 4;
    if (literals === 15) {
      const more = moreLength(packed, at);
      literals += more.length;
      at = more.end;
    }
    if (literals > packed.length - at || literals > into.length - out) throw damaged();
    if (literals > shortCopy) into.set(packed.subarray(at, at + literals), out);
    else for (let index = 0; index < literals; index += 1) into[out + index] = packed[at + index]!;
    at += literals;
    out += literals;
    // The last sequence of a block has no match.
    if (at === packed.length) return out;
    if (packed.length - at < 2) throw damaged();
    const distance = packed[at]! | (packed[at + 1]! << 8);
    at += 2;
    let match = (token & 15) + shortestMatch;
    if (match === 15 + shortestMatch) {
      const more = moreLength(packed, at);
      match += more.length;
      at = more.end;
    }
    if (distance === 0 || distance > out || match > into.length - out) throw damaged();
    copyMatch(into, out, distance, match);
    out += match;
  }
  throw damaged();
}

/** Lengths of 15 and more go on in bytes that are added up; the first that is not 255 ends it. */
function moreLength(packed: Uint8Array, start: number): { length: number; end: number } {
  let at = start;
  let length = 0;
  while (packed[at] === 255) {
    length += 255;
    at += 1;
  }
  const last = packed[at];
  if (last === undefined) throw damaged();
  return { length: length + last, end: at + 1 };
}

function damaged(): DamagedDataError {
  return new DamagedDataError('it is damaged');
}
