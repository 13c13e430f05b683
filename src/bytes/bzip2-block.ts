// One block of bzip2: Huffman codes, moved-to-front bytes, and the sorted order that it was written in.
// Reference: https://github.com/dsnet/compress/blob/master/doc/bzip2-format.pdf
import type { BitReader } from './bit-reader.ts';
import { createHuffmanCode, type HuffmanCode } from './huffman-code.ts';
import { DamagedDataError } from './packed-input.ts';

/** A block as it stands after unpacking its codes: the runs in it are still short. */
export interface Bzip2Block {
  /** The n-th byte in sorted order in the low 8 bits; above them, where its successor stands. */
  readonly chain: Uint32Array;
  /** Bytes of the block. */
  size: number;
  /** Entry that leads to the block's first byte. */
  first: number;
}

/** One is enough for all blocks of a stream. */
export function createBzip2Block(mostBytes: number): Bzip2Block {
  return { chain: new Uint32Array(mostBytes), size: 0, first: 0 };
}

/** Codes change after so many symbols. */
const groupSize = 50;

/** Deltas of code lengths that go on for longer than this are no code. */
const longestLength = 20;

/** Digits of a run's length, with the digits 1 and 2. */
const runA = 0;
const runB = 1;

/** Reads what follows the block's checksum. Throws DamagedDataError. */
export function readBzip2Block(bits: BitReader, block: Bzip2Block): void {
  // Early versions shuffled blocks that sort badly; none has done so for decades.
  if (bits.take(1) === 1) throw new DamagedDataError('it was packed by a version of bzip2 before 0.9.5');
  block.first = bits.take(24);
  const bytes = readUsedBytes(bits);
  const symbolCount = bytes.length + 2;
  const codeCount = bits.take(3);
  const selectorCount = bits.take(15);
  if (bytes.length === 0 || codeCount < 2 || codeCount > 6 || selectorCount === 0) throw damaged();
  const selectors = readSelectors(bits, codeCount, selectorCount);
  const codes: HuffmanCode[] = [];
  for (let index = 0; index < codeCount; index += 1) codes.push(readCode(bits, symbolCount));
  const counts = readBytes(bits, { block, bytes, codes, selectors });
  if (block.first >= block.size) throw damaged();
  linkChain(block, counts);
}

/** Which bytes occur, in order: 16 bits for groups of 16, and 16 for each group that has some. */
function readUsedBytes(bits: BitReader): Uint8Array {
  const groups = bits.take(16);
  const used: number[] = [];
  for (let group = 0; group < 16; group += 1) {
    if ((groups & (0x8000 >>> group)) === 0) continue;
    const members = bits.take(16);
    for (let member = 0; member < 16; member += 1) {
      if ((members & (0x8000 >>> member)) !== 0) used.push(group * 16 + member);
    }
  }
  return Uint8Array.from(used);
}

/** Which code each group of symbols uses, moved to front and in unary. */
function readSelectors(bits: BitReader, codeCount: number, count: number): Uint8Array {
  const order = Array.from({ length: codeCount }, (_, index) => index);
  const selectors = new Uint8Array(count);
  for (let index = 0; index < count; index += 1) {
    let place = 0;
    while (bits.take(1) === 1) {
      place += 1;
      if (place >= codeCount) throw damaged();
    }
    const [selector] = order.splice(place, 1);
    order.unshift(selector!);
    selectors[index] = selector!;
  }
  return selectors;
}

function readCode(bits: BitReader, symbolCount: number): HuffmanCode {
  const lengths = new Uint8Array(symbolCount);
  let length = bits.take(5);
  for (let symbol = 0; symbol < symbolCount; symbol += 1) {
    for (;;) {
      if (length < 1 || length > longestLength) throw damaged();
      if (bits.take(1) === 0) break;
      length += bits.take(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return createHuffmanCode(lengths);
}

interface BlockContext {
  readonly block: Bzip2Block;
  /** The bytes that occur, which become the list that bytes are moved to the front of. */
  readonly bytes: Uint8Array;
  readonly codes: readonly HuffmanCode[];
  readonly selectors: Uint8Array;
}

/** Fills the chain with the bytes in the order they were written in; returns how often each occurs. */
function readBytes(bits: BitReader, { block, bytes: recent, codes, selectors }: BlockContext): Uint32Array {
  const { chain } = block;
  const endSymbol = recent.length + 1;
  const counts = new Uint32Array(256);
  let size = 0;
  let run = 0;
  let digit = 1;
  for (const selector of selectors) {
    const code = codes[selector]!;
    for (let left = groupSize; left > 0; left -= 1) {
      const symbol = code.read(bits);
      if (symbol === runA || symbol === runB) {
        run += digit << symbol;
        digit *= 2;
        if (run > chain.length - size) throw damaged();
        continue;
      }
      if (run > 0) {
        const byte = recent[0]!;
        counts[byte]! += run;
        chain.fill(byte, size, size + run);
        size += run;
        run = 0;
        digit = 1;
      }
      if (symbol === endSymbol) {
        block.size = size;
        return counts;
      }
      if (size === chain.length) throw damaged();
      const byte = recent[symbol - 1]!;
      recent.copyWithin(1, 0, symbol - 1);
      recent[0] = byte;
      counts[byte]! += 1;
      chain[size] = byte;
      size += 1;
    }
  }
  throw damaged();
}

/** Undoes the sorting: the n-th byte of a kind in written order is followed by the n-th of those that sort after it. */
function linkChain({ chain, size }: Bzip2Block, counts: Uint32Array): void {
  let sum = 0;
  const next = counts.map((count) => {
    sum += count;
    return sum - count;
  });
  for (let index = 0; index < size; index += 1) {
    const byte = chain[index]! & 0xff;
    chain[next[byte]!]! |= index << 8;
    next[byte]! += 1;
  }
}

function damaged(): DamagedDataError {
  return new DamagedDataError('it is damaged');
}
