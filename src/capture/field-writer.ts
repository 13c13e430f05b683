// Fields of ELF structures one after the other, in the byte order and word size of the process.
import type { Address } from '../model/address.ts';

export interface FieldWriter {
  u8(value: number): void;
  u16(value: number): void;
  u32(value: number): void;
  /** Long or pointer: 4 or 8 bytes. Upper halves of address spaces are negative. */
  word(value: Address | bigint): void;
  bytes(bytes: Uint8Array): void;
  /** Fills up with zeros to this many bytes since the start. */
  padTo(size: number): void;
  /** Fills up with zeros to a multiple. */
  align(alignment: number): void;
  size(): number;
  toBytes(): Uint8Array;
}

export interface FieldLayout {
  readonly is64Bit: boolean;
  readonly littleEndian: boolean;
}

/** See FieldWriter. */
export function createFieldWriter({ is64Bit, littleEndian }: FieldLayout): FieldWriter {
  let buffer = new Uint8Array(1024);
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

  // Growing replaces the view, so the place is found first.
  return {
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
      view.setUint32(at, value, littleEndian);
    },
    word(value) {
      const at = grow(is64Bit ? 8 : 4);
      const bits = BigInt.asUintN(64, BigInt(value));
      if (is64Bit) view.setBigUint64(at, bits, littleEndian);
      else view.setUint32(at, Number(bits & 0xffffffffn), littleEndian);
    },
    bytes(bytes) {
      const at = grow(bytes.length);
      buffer.set(bytes, at);
    },
    padTo(wanted) {
      grow(Math.max(0, wanted - size));
    },
    align(alignment) {
      grow((alignment - (size % alignment)) % alignment);
    },
    size: () => size,
    toBytes: () => buffer.slice(0, size),
  };
}
