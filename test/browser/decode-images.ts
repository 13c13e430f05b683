/** Chromium as a decoder of images that shares no code with ours. */
import { openChromium } from './open-chromium.ts';

export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  /** 4 bytes a pixel: red, green, blue, opacity. */
  readonly rgba: Uint8Array;
}

export interface ImageDecoder {
  decode(file: Uint8Array, mediaType: string): Promise<DecodedImage>;
  close(): Promise<void>;
}

/** Runs in the page. */
const script = `async (url) => {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext('2d', { colorSpace: 'srgb' });
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { width: canvas.width, height: canvas.height, rgba: Array.from(data) };
}`;

/** One page, for as many images as are asked for. */
export async function openImageDecoder(): Promise<ImageDecoder> {
  const browser = await openChromium();
  const page = await browser.context.newPage();
  return {
    async decode(file, mediaType) {
      const url = `data:${mediaType};base64,${Buffer.from(file).toString('base64')}`;
      const call = `(${script})(${JSON.stringify(url)})`;
      const { width, height, rgba } = await page.evaluate<{ width: number; height: number; rgba: number[] }>(call);
      return { width, height, rgba: Uint8Array.from(rgba) };
    },
    close: () => browser.close(),
  };
}
