/** An image in memory: 3 bytes a pixel (red, green, blue), rows from the top, no padding. */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
