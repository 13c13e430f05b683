// Packs a file while it is made: pieces by themselves, side by side on the processors, written in order.
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

export interface Packer {
  /** Ending of the file's name, with its dot. */
  readonly ending: string;
  /** Packs a piece into what can be unpacked by itself; pieces one after the other make a file. */
  readonly pack: (piece: Uint8Array) => Promise<Uint8Array>;
}

/** Memory is mostly zeros, pointers and text: higher levels take several times as long for a few percent. */
const gzipLevel = 1;

/** gzip knows files of several members, zstd of several frames; both unpack as one. */
const gzip: Packer = {
  ending: '.gz',
  pack: (piece) => promisify<Uint8Array, zlib.ZlibOptions, Buffer>(zlib.gzip)(piece, { level: gzipLevel }),
};

type PackZstd = (piece: Uint8Array, done: (error: Error | null, packed: Buffer) => void) => void;

/** Undefined where this Node.js does not know it: zstd came with 22.15. */
export function findPacker(id: 'gzip' | 'zstd'): Packer | undefined {
  if (id === 'gzip') return gzip;
  // The types are those of Node.js 20.
  const pack = (zlib as unknown as { readonly zstdCompress?: PackZstd }).zstdCompress;
  return pack === undefined ? undefined : { ending: '.zst', pack: promisify(pack) };
}

/** Large enough to be packed well and to keep the calls few. */
const pieceSize = 4 << 20;

/** Pieces that are being packed or wait for it: enough for all processors, and no more is held in memory. */
const mostPieces = 16;

/** What is written becomes pieces; `end` resolves when all are written. Rejects with what packing or writing throws. */
export function packedSink({ pack }: Packer, writePacked: (bytes: Uint8Array) => void) {
  let piece = new Uint8Array(pieceSize);
  let filled = 0;
  const waiting: Promise<Uint8Array>[] = [];

  async function writeFirst(): Promise<void> {
    const first = waiting[0]!;
    writePacked(await first);
    void waiting.shift();
  }

  async function flush(): Promise<void> {
    if (filled === 0) return;
    const packed = pack(piece.subarray(0, filled));
    // Whoever waits for its turn hears of a failure; it must not count as unheard before.
    packed.catch(() => undefined);
    waiting.push(packed);
    piece = new Uint8Array(pieceSize);
    filled = 0;
    while (waiting.length >= mostPieces) await writeFirst();
  }

  return {
    async write(bytes: Uint8Array): Promise<void> {
      for (let done = 0; done < bytes.length; ) {
        const size = Math.min(bytes.length - done, pieceSize - filled);
        piece.set(bytes.subarray(done, done + size), filled);
        filled += size;
        done += size;
        if (filled === pieceSize) await flush();
      }
    },
    async skip(count: number): Promise<void> {
      for (let left = count; left > 0; ) {
        const size = Math.min(left, pieceSize - filled);
        // A piece is zero until it is filled.
        filled += size;
        left -= size;
        if (filled === pieceSize) await flush();
      }
    },
    async end(): Promise<void> {
      await flush();
      while (waiting.length > 0) await writeFirst();
    },
  };
}
