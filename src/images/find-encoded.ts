// Searches memory for the signatures of image formats, at any alignment, and follows each to its own end.
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import type { Interval } from '../model/intervals.ts';
import type { List } from '../model/list.ts';
import type { Pacer } from '../scan/pacer.ts';
import { imageFormats } from './formats/index.ts';
import { imageBytesAt, type ReadBudget } from './image-bytes.ts';
import { type ImageFormat, type MeasuredImage, probeBytes } from './image-format.ts';

export interface EncodedInput {
  readonly memory: Memory;
  /** Captured memory on end by address, whatever the file's order is; sorted. */
  readonly ranges: List<Interval>;
  readonly budget: ReadBudget;
  readonly pacer: Pacer;
}

export interface EncodedImage extends MeasuredImage {
  readonly format: ImageFormat;
  readonly address: Address;
}

const windowBytes = 1 << 18;

/** Told of each image in order of address. What lies inside of a whole image, such as its thumbnail, is no other. */
export async function findEncodedImages(input: EncodedInput, found: (image: EncodedImage) => void): Promise<void> {
  const { memory, budget, pacer } = input;
  const buffer = Buffer.alloc(windowBytes + probeBytes);
  const zero = Buffer.alloc(windowBytes + probeBytes);
  for (const range of input.ranges) {
    let wholeUntil = range.start;
    for (let start = range.start; start < range.end; start += windowBytes) {
      const got = memory.read(start, buffer.subarray(0, Math.min(buffer.length, range.end - start)));
      const window = buffer.subarray(0, got);
      await pacer.pace(Math.min(got, windowBytes));
      if (window.equals(zero.subarray(0, got))) continue;
      for (const { at, format } of candidatesIn(window)) {
        const address = start + at;
        if (address < wholeUntil) continue;
        const image = format.measure(imageBytesAt(memory, address, budget));
        await pacer.pace(0);
        if (image === undefined) continue;
        found({ ...image, format, address });
        if (image.wholeness !== 'partial') wholeUntil = address + image.size;
      }
    }
  }
}

/** Signatures whose surroundings do not speak against them, in order of address. */
function candidatesIn(window: Buffer): { readonly at: number; readonly format: ImageFormat }[] {
  const candidates: { at: number; format: ImageFormat }[] = [];
  const header = new DataView(new ArrayBuffer(probeBytes));
  const headerBytes = new Uint8Array(header.buffer);
  for (const format of imageFormats) {
    for (const signature of format.signatures) {
      for (let at = window.indexOf(signature); at >= 0 && at < windowBytes; at = window.indexOf(signature, at + 1)) {
        headerBytes.fill(0);
        headerBytes.set(window.subarray(at, at + probeBytes));
        if (format.probe(header)) candidates.push({ at, format });
      }
    }
  }
  return candidates.sort((a, b) => a.at - b.at);
}
