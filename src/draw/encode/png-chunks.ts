// zlib's checksum of pieces, and PNG's chunks (PNG specification, annexes; RFC 1950).
import { crc32 } from 'node:zlib';

const adlerModulus = 65521;
/** So many bytes can be added up before the second sum leaves 31 bits, in which processors add fastest. */
const adlerRun = 3800;

/** zlib's checksum of data that comes in pieces, as a signed number of 32 bits; begin with 1. */
export function adler32(before: number, bytes: Uint8Array): number {
  let sum = before;
  for (let at = 0; at < bytes.length; at += adlerRun)
    sum = addRun(sum, bytes, at, Math.min(bytes.length, at + adlerRun));
  return sum;
}

function addRun(before: number, bytes: Uint8Array, from: number, end: number): number {
  let low = before & 0xffff;
  let high = before >>> 16;
  let at = from;
  // Four at once: the second sum waits for the first once, not four times.
  for (; at + 4 <= end; at += 4) {
    const first = low + bytes[at]!;
    const second = first + bytes[at + 1]!;
    const third = second + bytes[at + 2]!;
    low = third + bytes[at + 3]!;
    high += first + second + third + low;
  }
  for (; at < end; at++) {
    low += bytes[at]!;
    high += low;
  }
  return ((high % adlerModulus) << 16) | (low % adlerModulus);
}

/** Length, type, data, checksum. `type` is four ASCII letters. */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(data.length + 12);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  for (let index = 0; index < 4; index++) chunk[4 + index] = type.charCodeAt(index);
  chunk.set(data, 8);
  view.setUint32(data.length + 8, crc32(chunk.subarray(4, data.length + 8)));
  return chunk;
}
