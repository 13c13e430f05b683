import type { ByteSource } from '../../bytes/byte-source.ts';

/** Page frames that follow one another. */
export interface FrameRun {
  readonly first: number;
  readonly count: number;
}

const pieceSize = 1 << 16;

/**
 * The runs of set bits in a bitmap, the lowest bit of each byte first; bits of a bitmap that is cut off are not set.
 * @param bits how many to look at
 */
export function* setRuns(source: ByteSource, offset: number, bits: number): Generator<FrameRun> {
  const piece = new Uint8Array(pieceSize);
  let first = -1;
  for (let done = 0; done * 8 < bits; done += pieceSize) {
    const got = source.read(offset + done, piece.subarray(0, Math.min(pieceSize, Math.ceil(bits / 8) - done)));
    for (let at = 0; at < got; at += 1) {
      const byte = piece[at]!;
      if (byte === (first < 0 ? 0 : 0xff)) continue;
      for (let bit = 0; bit < 8; bit += 1) {
        const frame = (done + at) * 8 + bit;
        const isSet = (byte & (1 << bit)) !== 0 && frame < bits;
        if (isSet === first >= 0) continue;
        if (!isSet) yield { first, count: frame - first };
        first = isSet ? frame : -1;
      }
    }
    if (got < pieceSize) {
      if (first >= 0) yield { first, count: Math.min(bits, (done + got) * 8) - first };
      return;
    }
  }
  if (first >= 0) yield { first, count: bits - first };
}
