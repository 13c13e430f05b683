import { type BitReader, createBitReader } from './bit-reader.ts';
import { type Bzip2Block, createBzip2Block, readBzip2Block } from './bzip2-block.ts';
import { createPieceReader, DamagedDataError } from './packed-input.ts';

/** `BZh`; a digit follows, the size of blocks in units of 100,000 bytes. */
const streamMagic = 0x425a68;

/** First bits of a block (the digits of pi) and of a stream's end (of its square root), in halves of 24. */
const blockMagic = [0x314159, 0x265359] as const;
const endMagic = [0x177245, 0x385090] as const;

/** Bytes that are handed on at a time: a block of 900 kB can unpack to 46 MB. */
const chunkSize = 1 << 18;

/** After this many equal bytes comes a count of how many more there are. */
const runLength = 4;

/** The .bz2 format, several streams too. The checksum of each block is verified. */
export function* unpackBzip2(packed: Iterable<Uint8Array>): Generator<Uint8Array> {
  const bits = createBitReader(createPieceReader(packed));
  while (!bits.isAtEnd()) {
    yield* unpackStream(bits);
    bits.align();
  }
}

function* unpackStream(bits: BitReader): Generator<Uint8Array> {
  if (bits.take(24) !== streamMagic) throw new DamagedDataError('something else follows');
  const size = bits.take(8) - 0x30;
  if (size < 1 || size > 9) throw new DamagedDataError('it is damaged');
  const block = createBzip2Block(size * 100_000);
  for (;;) {
    const magic = [bits.take(24), bits.take(24)];
    const checksum = takeChecksum(bits);
    // The checksum of the whole stream says nothing that those of its blocks do not.
    if (isSame(magic, endMagic)) return;
    if (!isSame(magic, blockMagic)) throw new DamagedDataError('it is damaged');
    readBzip2Block(bits, block);
    yield* expand(block, checksum);
  }
}

function isSame(magic: readonly number[], expected: readonly [number, number]): boolean {
  return magic[0] === expected[0] && magic[1] === expected[1];
}

function takeChecksum(bits: BitReader): number {
  return bits.take(16) * 65536 + bits.take(16);
}

/** Where the undoing of the runs in a block stands. */
interface Expansion {
  /** Bytes of the block that were looked at. */
  done: number;
  /** Entry of the block's chain that stands next. */
  next: number;
  last: number;
  /** Equal bytes up to now, ending with `last`. */
  equal: number;
  /** Times that `last` is still to be repeated. */
  repeats: number;
}

function* expand(block: Bzip2Block, checksum: number): Generator<Uint8Array> {
  const state: Expansion = { done: 0, next: block.chain[block.first]! >>> 8, last: -1, equal: 0, repeats: 0 };
  let crc = 0xffffffff;
  for (;;) {
    const chunk = new Uint8Array(chunkSize);
    const size = expandInto(chunk, block, state);
    if (size === 0) break;
    const filled = chunk.subarray(0, size);
    crc = updateChecksum(crc, filled);
    yield filled;
  }
  if (~crc >>> 0 !== checksum) throw new DamagedDataError('it is damaged');
}

/** Fills `into`; returns the bytes written, fewer only at the end of the block. */
function expandInto(into: Uint8Array, { chain, size }: Bzip2Block, state: Expansion): number {
  let { done, next, last, equal, repeats } = state;
  let out = 0;
  while (out < into.length) {
    if (repeats > 0) {
      const count = Math.min(repeats, into.length - out);
      into.fill(last, out, out + count);
      out += count;
      repeats -= count;
      continue;
    }
    if (done === size) break;
    const entry = chain[next]!;
    const byte = entry & 0xff;
    next = entry >>> 8;
    done += 1;
    if (equal === runLength) {
      repeats = byte;
      equal = 0;
      continue;
    }
    equal = byte === last ? equal + 1 : 1;
    last = byte;
    into[out] = byte;
    out += 1;
  }
  Object.assign(state, { done, next, last, equal, repeats });
  return out;
}

/** CRC-32 with the highest bit first, other than zip's and gzip's. */
const checksumTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = value < 0 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

function updateChecksum(start: number, bytes: Uint8Array): number {
  let crc = start;
  for (let at = 0; at < bytes.length; at += 1) crc = (crc << 8) ^ checksumTable[(crc >>> 24) ^ bytes[at]!]!;
  return crc;
}
