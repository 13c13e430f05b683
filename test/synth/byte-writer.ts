/** Puts a file together for a test: fields one after the other, with places to come back to. */
export interface ByteWriter {
  /** Bytes so far: the offset of what is written next. */
  offset(): number;
  u8(value: number): void;
  u16(value: number): void;
  u32(value: number): void;
  /** Negative numbers become their two's complement: kernel addresses. */
  u64(value: number | bigint): void;
  /** A word of the given width in bytes. */
  word(value: number, width: 4 | 8): void;
  bytes(bytes: Uint8Array): void;
  /** Text in Latin-1, filled up with NULs to `size` bytes if given. */
  text(text: string, size?: number): void;
  zeros(count: number): void;
  /** Fills up with NULs to a multiple of `alignment`. */
  align(alignment: number): void;
  /** Overwrites 4 bytes written before. */
  patchU32(offset: number, value: number): void;
  patchU64(offset: number, value: number): void;
  toBytes(): Uint8Array;
}

/** See ByteWriter. */
export function createByteWriter(littleEndian = true): ByteWriter {
  let buffer = new Uint8Array(1 << 12);
  let view = new DataView(buffer.buffer);
  let size = 0;

  function grow(count: number): number {
    const at = size;
    size += count;
    if (size > buffer.length) {
      const larger = new Uint8Array(Math.max(size, buffer.length * 2));
      larger.set(buffer);
      buffer = larger;
      view = new DataView(buffer.buffer);
    }
    return at;
  }

  // Growing replaces buffer and view, so the place is found first.
  const writer: ByteWriter = {
    offset: () => size,
    u8(value) {
      const at = grow(1);
      view.setUint8(at, value);
    },
    u16(value) {
      const at = grow(2);
      view.setUint16(at, value, littleEndian);
    },
    u32(value) {
      const at = grow(4);
      view.setUint32(at, value >>> 0, littleEndian);
    },
    u64(value) {
      const at = grow(8);
      view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), littleEndian);
    },
    word: (value, width) => (width === 8 ? writer.u64(value) : writer.u32(value)),
    bytes(bytes) {
      const at = grow(bytes.length);
      buffer.set(bytes, at);
    },
    text(text, length) {
      const bytes = Buffer.from(text, 'latin1').subarray(0, length);
      writer.bytes(bytes);
      if (length !== undefined) writer.zeros(length - bytes.length);
    },
    zeros: (count) => void grow(count),
    align: (alignment) => void grow((alignment - (size % alignment)) % alignment),
    patchU32: (offset, value) => view.setUint32(offset, value, littleEndian),
    patchU64: (offset, value) => view.setBigUint64(offset, BigInt(value), littleEndian),
    toBytes: () => buffer.slice(0, size),
  };
  return writer;
}
