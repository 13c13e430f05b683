import type { ByteSource } from './byte-source.ts';

/** A source over bytes that are already in memory. It does not copy them. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    file: undefined,
    read(offset, into) {
      const part = bytes.subarray(offset, offset + into.length);
      into.set(part);
      return part.length;
    },
    close() {},
  };
}
