import type { BitReader } from './bit-reader.ts';
import { DamagedDataError } from './packed-input.ts';

/** A canonical Huffman code: shorter codes come first, those of one length in the order of their symbols. */
export interface HuffmanCode {
  /** The next symbol. Throws DamagedDataError for bits that are no code. */
  read(bits: BitReader): number;
}

/** Codes up to this length are looked up at once; longer ones are rare. */
const directBits = 10;

/** @param lengths of the code of each symbol, 1 to 20 bits */
export function createHuffmanCode(lengths: Uint8Array): HuffmanCode {
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  const counts = new Uint32Array(longest + 2);
  for (const length of lengths) counts[length]! += 1;
  // By length: its first code, and where in `sorted` the symbol of that code stands.
  const firstCode = new Uint32Array(longest + 2);
  const firstPlace = new Uint32Array(longest + 2);
  for (let length = 1; length <= longest; length += 1) {
    firstCode[length + 1] = (firstCode[length]! + counts[length]!) * 2;
    firstPlace[length + 1] = firstPlace[length]! + counts[length]!;
  }
  const sorted = [...lengths.keys()].sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  const direct = new Uint16Array(1 << directBits);
  for (let place = 0; place < sorted.length; place += 1) {
    const symbol = sorted[place]!;
    const length = lengths[symbol]!;
    if (length > directBits) break;
    const code = firstCode[length]! + place - firstPlace[length]!;
    const shift = directBits - length;
    direct.fill((symbol << 5) | length, code << shift, (code + 1) << shift);
  }
  return {
    read(bits) {
      const entry = direct[bits.peek(directBits)]!;
      if (entry !== 0) {
        bits.skip(entry & 31);
        return entry >>> 5;
      }
      for (let length = directBits + 1; length <= longest; length += 1) {
        const place = bits.peek(length) - firstCode[length]!;
        if (place < 0 || place >= counts[length]!) continue;
        bits.skip(length);
        return sorted[firstPlace[length]! + place]!;
      }
      throw new DamagedDataError('it is damaged');
    },
  };
}
