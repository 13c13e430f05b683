// A raw bitmap as PNG.
import { encodePng } from '../../draw/encode/png.ts';
import type { Memory } from '../../memory/memory.ts';
import type { RawLayout } from './raw-layout.ts';

/** Which colour comes first in memory: nothing in the bytes can tell. */
export type ChannelOrder = 'rgb' | 'bgr';

const chunkBytes = 1 << 20;

/** Rows as they lie, top first; what is not captured is black. Alpha is kept where it says something. */
export function writeRawPng(memory: Memory, layout: RawLayout, order: ChannelOrder): Iterable<Uint8Array> {
  const { width, height, stride } = layout;
  const channels = layout.channels === 'colour-alpha' ? 4 : 3;
  const step = Math.max(1, Math.floor(chunkBytes / stride));
  return encodePng(
    {
      width,
      height,
      rows: function* () {
        for (let y = 0; y < height; y += step) {
          const count = Math.min(step, height - y);
          const rows = new Uint8Array(count * stride);
          memory.read(layout.address + y * stride, rows);
          const pixels = new Uint8Array(count * width * channels);
          for (let row = 0; row < count; row++) {
            const from = rows.subarray(row * stride, (row + 1) * stride);
            convertRow(from, pixels.subarray(row * width * channels, (row + 1) * width * channels), layout, order);
          }
          yield pixels;
        }
      },
    },
    channels,
  );
}

function convertRow(from: Uint8Array, to: Uint8Array, layout: RawLayout, order: ChannelOrder): void {
  const { pixelBytes, channels, colourAt, width } = layout;
  const [red, blue] = order === 'rgb' ? [0, 2] : [2, 0];
  const size = channels === 'colour-alpha' ? 4 : 3;
  for (let x = 0; x < width; x++) {
    const at = x * pixelBytes;
    const out = x * size;
    if (channels === 'gray') to.fill(from[at]!, out, out + 3);
    else if (pixelBytes === 2) {
      const value = from[at]! | (from[at + 1]! << 8);
      const greenBits = channels === '565' ? 6 : 5;
      to[out] = toEight((value >> (5 + greenBits)) & 31, 5);
      to[out + 1] = toEight((value >> 5) & (2 ** greenBits - 1), greenBits);
      to[out + 2] = toEight(value & 31, 5);
    } else {
      to[out] = from[at + colourAt + red]!;
      to[out + 1] = from[at + colourAt + 1]!;
      to[out + 2] = from[at + colourAt + blue]!;
      if (size === 4) to[out + 3] = from[at + 3]!;
    }
  }
}

/** 0 to the largest value of so many bits onto 0 to 255, both ends exact. */
function toEight(value: number, bits: number): number {
  return Math.round((value * 255) / (2 ** bits - 1));
}
