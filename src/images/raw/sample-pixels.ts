// What single pixels tell of the channels.
import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';

/** Rows of pixels, `stride` bytes apart. */
export interface BitmapShape {
  readonly address: Address;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
}

const sampledRows = 64;

function* sampleRows(memory: Memory, shape: BitmapShape, pixelBytes: number): Generator<Uint8Array> {
  const row = new Uint8Array(shape.width * pixelBytes);
  for (let index = 0; index < sampledRows; index++) {
    const y = Math.floor((index * shape.height) / sampledRows);
    if (memory.read(shape.address + y * shape.stride, row) === row.length) yield row;
  }
}

/** With five bits each the highest one has no use and is 0; with six for green it is set wherever red is half bright. */
export function sixteenBits(memory: Memory, shape: BitmapShape): '565' | '555' {
  for (const row of sampleRows(memory, shape, 2)) {
    for (let at = 1; at < row.length; at += 2) if (row[at]! >= 0x80) return '565';
  }
  return '555';
}

/** Pixels that would not be seen, yet have a colour. */
const mostHiddenColours = 0.1;

/**
 * Whether the fourth byte is opacity: where it is 0, a pixel that was drawn is 0 in all. X11 and Windows leave the byte
 * unused, and what they draw has colours beside any value of it.
 */
export function isOpacity(memory: Memory, shape: BitmapShape): boolean {
  let pixels = 0;
  let hidden = 0;
  for (const row of sampleRows(memory, shape, 4)) {
    for (let at = 0; at < row.length; at += 4) {
      pixels++;
      // White that is not seen is what decoders leave around icons.
      const colour = row[at]! + row[at + 1]! + row[at + 2]!;
      if (row[at + 3] === 0 && colour > 0 && colour < 3 * 255) hidden++;
    }
  }
  return hidden <= mostHiddenColours * pixels;
}
