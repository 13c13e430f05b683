import { ftruncateSync, writeSync } from 'node:fs';

/** Writes a file from start to end, leaving holes where bytes are zero: dumps are mostly that. */
export interface SparseWriter {
  write(bytes: Uint8Array): void;
  /** So many bytes of zero. */
  skip(count: number): void;
  /** Gives the file its whole size, holes at the end included. */
  finish(): void;
  /** Bytes of the file so far, holes included. */
  size(): number;
  /** Bytes that were really written. */
  writtenBytes(): number;
}

/** File systems allocate blocks of this size, or a few of them. */
const blockSize = 4096;

const zeroBlock = new Uint8Array(blockSize);

/** Writes to an empty file that the caller has opened and closes. Throws what node:fs throws. */
export function createSparseWriter(descriptor: number): SparseWriter {
  let position = 0;
  let written = 0;

  function writeAll(bytes: Uint8Array, offset: number): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
    }
    written += bytes.length;
  }

  return {
    write(bytes) {
      let pending = 0;
      for (let at = 0; at < bytes.length; ) {
        // Pieces end where blocks of the file do, so that every block of zeros becomes a hole.
        const end = Math.min(bytes.length, at + blockSize - ((position + at) % blockSize));
        if (isZero(bytes, at, end)) {
          if (pending < at) writeAll(bytes.subarray(pending, at), position + pending);
          pending = end;
        }
        at = end;
      }
      if (pending < bytes.length) writeAll(bytes.subarray(pending), position + pending);
      position += bytes.length;
    },
    skip(count) {
      position += count;
    },
    finish: () => ftruncateSync(descriptor, position),
    size: () => position,
    writtenBytes: () => written,
  };
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== 0) return false;
  return Buffer.compare(bytes.subarray(start, end), zeroBlock.subarray(0, end - start)) === 0;
}
