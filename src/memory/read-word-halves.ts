import type { Address } from '../model/address.ts';
import type { Memory } from './memory.ts';

/**
 * Fills `words` from an address on with 32-bit halves as numbers, the lower half of each word first, whatever the dump's
 * byte order; in a 32-bit dump each is a word. `words` holds whole words. Returns how many bytes are captured without a gap; what follows
 * them in `words` is not defined.
 */
export function readWordHalves(memory: Memory, address: Address, words: Uint32Array): number {
  return readWordBytes(memory, address, new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
}

/** The same for bytes of whole words, each of which is to stand as little endian processors have it. */
export function readWordBytes(memory: Memory, address: Address, bytes: Uint8Array): number {
  const got = memory.read(address, bytes);
  const { littleEndian, pointerSize } = memory.dump;
  if (!littleEndian) swap(bytes, pointerSize);
  return got;
}

/** Turns the bytes of each word around: then its lower half stands first, and each half reads as little endian. */
function swap(bytes: Uint8Array, width: 4 | 8): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length - (bytes.length % width));
  if (width === 8) buffer.swap64();
  else buffer.swap32();
}
