import type { Address } from '../../model/address.ts';
import type { PixelSize } from './columns.ts';

/** `565` and `555` are the bits of red, green and blue in 16. */
export type ChannelKind = 'gray' | '565' | '555' | 'colour' | 'colour-unused' | 'colour-alpha';

/** A bitmap as it lies in memory: rows from the first byte on, `stride` bytes apart. */
export interface RawLayout {
  readonly address: Address;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Bytes from row to row. */
  readonly stride: number;
  readonly pixelBytes: PixelSize;
  readonly channels: ChannelKind;
  /** Byte of the first colour within a pixel: 1 where opacity comes first. */
  readonly colourAt: 0 | 1;
  /** What tells where the rows begin. */
  readonly startBy: 'block' | 'edges' | 'likeness';
  readonly score: number;
}
