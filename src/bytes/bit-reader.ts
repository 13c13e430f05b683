import { DamagedDataError, type PieceReader } from './packed-input.ts';

/** A cursor over single bits, the highest of each byte first. Throws DamagedDataError where the data ends too early. */
export interface BitReader {
  /** Takes up to 24 bits. */
  take(count: number): number;
  /** The next bits, up to 20, without moving on; zeros beyond the end. */
  peek(count: number): number;
  skip(count: number): void;
  /** Moves on to the next whole byte. */
  align(): void;
  /** Whether less than a byte is left. */
  isAtEnd(): boolean;
}

/** See BitReader. Reads ahead: nothing else may read from `bytes`. */
export function createBitReader(bytes: PieceReader): BitReader {
  let held = 0;
  let count = 0;
  /** Bits of zero that stand in `held` for bytes beyond the end. */
  let missing = 0;

  function fill(wanted: number): void {
    while (count < wanted) {
      const isAtEnd = bytes.isAtEnd();
      held = (held << 8) | (isAtEnd ? 0 : bytes.u8());
      count += 8;
      if (isAtEnd) missing += 8;
    }
  }

  function peek(wanted: number): number {
    if (count < wanted) fill(wanted);
    return (held >>> (count - wanted)) & ((1 << wanted) - 1);
  }

  function skip(skipped: number): void {
    count -= skipped;
    if (count < missing) throw new DamagedDataError('it ends too early');
  }

  return {
    peek,
    skip,
    take(wanted) {
      const value = peek(wanted);
      skip(wanted);
      return value;
    },
    align() {
      count -= count % 8;
    },
    isAtEnd: () => count - missing < 8 && bytes.isAtEnd(),
  };
}
