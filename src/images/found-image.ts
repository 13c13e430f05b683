import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import type { MeasuredImage, Wholeness } from './image-format.ts';
import type { RawLayout } from './raw/raw-layout.ts';
import { type ChannelOrder, writeRawPng } from './raw/raw-pixels.ts';

/** An image in memory. Its file is made when it is written, so that thousands of them can be kept. */
export interface FoundImage {
  /** Id of its format, or `raw`. */
  readonly kind: string;
  /** Of the file that is written. */
  readonly extension: string;
  readonly address: Address;
  /** Bytes in memory. */
  readonly size: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly wholeness: Wholeness;
  /** How sure it is that this is an image, 0 to 1. */
  readonly score: number;
  readonly file: MeasuredImage['file'];
  /** How its pixels lie, where it has no format of its own. */
  readonly raw: (RawLayout & { readonly order: ChannelOrder }) | undefined;
  /** Where the same bytes stand again; the first few, in order. */
  readonly copies: readonly Address[];
  /** How often they stand again. */
  readonly copyCount: number;
}

const pieceBytes = 1 << 20;

/** The file, in pieces: an encoded image as it lies in memory, a raw one as PNG. */
export function* fileOf(memory: Memory, image: FoundImage): Generator<Uint8Array> {
  if (image.raw) {
    yield* writeRawPng(memory, image.raw, image.raw.order);
    return;
  }
  const { head, from, to } = image.file ?? { head: new Uint8Array(), from: 0, to: image.size };
  if (head.length > 0) yield head;
  yield* memoryPieces(memory, image.address + from, to - from);
}

/** Captured memory in order; ends early where there is no more. */
export function* memoryPieces(memory: Memory, address: Address, size: number): Generator<Uint8Array> {
  for (let done = 0; done < size; ) {
    const piece = new Uint8Array(Math.min(pieceBytes, size - done));
    const got = memory.read(address + done, piece);
    yield piece.subarray(0, got);
    if (got < piece.length) return;
    done += got;
  }
}
