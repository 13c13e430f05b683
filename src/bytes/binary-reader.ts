import { MalformedDumpError } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';

/**
 * A cursor over a part of a source. It buffers, so it may run over tables of any size; it never reads beyond its end.
 * Every read names the field it reads and throws MalformedDumpError when the part ends before the field does.
 */
export interface BinaryReader {
  /** Offset in the source of the next byte. */
  offset(): number;
  /** Offset in the source where this part ends; exclusive. */
  end(): number;
  /** Bytes left. */
  remaining(): number;
  /** Moves to an offset in the source; anywhere, since only reading is checked. */
  seek(offset: number): void;
  skip(bytes: number): void;
  u8(field: string): number;
  u16(field: string): number;
  u32(field: string): number;
  /** 8 bytes, unsigned: sizes, counts, file offsets. Rounded beyond 2^53, which no file reaches. */
  u64(field: string): number;
  /** A 64-bit address, sign-extended as model/address.ts wants it. Check with isExactAddress when it may be junk. */
  address64(field: string): number;
  /** A copy of the next bytes. `length` must have been checked against remaining() if it comes from the file. */
  bytes(length: number, field: string): Uint8Array;
}

export interface ReaderOptions {
  /** Offset in the source of the first byte; 0 unless given. */
  readonly start?: number;
  /** Bytes; up to the end of the source unless given, and never beyond it. */
  readonly size?: number;
  readonly littleEndian: boolean;
}

/** Bytes read at a time. */
const bufferSize = 1 << 16;

/** Whether an address is exact as a number, and its range's end can be too. Others are junk: no processor has them. */
export function isExactAddress(address: number): boolean {
  return Math.abs(address) < 2 ** 52;
}

/** See BinaryReader. */
export function createBinaryReader(source: ByteSource, options: ReaderOptions): BinaryReader {
  const { littleEndian } = options;
  const start = options.start ?? 0;
  // What a file places before its beginning holds nothing, and may lie so far away that no step leads on from there.
  const end = start < 0 ? start : Math.max(start, Math.min(source.size, start + (options.size ?? source.size)));
  const buffer = new Uint8Array(Math.min(bufferSize, Math.max(16, end - start)));
  const view = new DataView(buffer.buffer);
  let bufferStart = 0;
  let bufferEnd = 0;
  let position = start;

  /** Makes `length` bytes from the position on stand in the buffer; returns their place there and moves on. */
  function take(length: number, field: string): number {
    if (position < start || length > end - position) throw tooShort(length, field);
    if (position < bufferStart || position + length > bufferEnd) {
      bufferStart = position;
      bufferEnd = position + source.read(position, buffer.subarray(0, Math.min(buffer.length, end - position)));
      if (position + length > bufferEnd) throw tooShort(length, field);
    }
    const place = position - bufferStart;
    position += length;
    return place;
  }

  function tooShort(length: number, field: string): MalformedDumpError {
    const left = Math.max(0, Math.min(end, source.size) - position);
    return new MalformedDumpError(field, position, `${length} bytes`, `${left} bytes`);
  }

  function u32At(place: number): number {
    return view.getUint32(place, littleEndian);
  }

  return {
    offset: () => position,
    end: () => end,
    remaining: () => Math.max(0, end - position),
    seek(offset) {
      position = offset;
    },
    skip(bytes) {
      position += bytes;
    },
    u8: (field) => view.getUint8(take(1, field)),
    u16: (field) => view.getUint16(take(2, field), littleEndian),
    u32: (field) => u32At(take(4, field)),
    u64(field) {
      const place = take(8, field);
      const low = littleEndian ? place : place + 4;
      return u32At(place + 4 - (low - place)) * 2 ** 32 + u32At(low);
    },
    address64(field) {
      const place = take(8, field);
      const low = littleEndian ? place : place + 4;
      return view.getInt32(place + 4 - (low - place), littleEndian) * 2 ** 32 + u32At(low);
    },
    bytes(length, field) {
      if (position < start || length > end - position) throw tooShort(length, field);
      const copy = new Uint8Array(length);
      if (source.read(position, copy) < length) throw tooShort(length, field);
      position += length;
      return copy;
    },
  };
}
