import type { ImageBytes } from '../image-bytes.ts';
import type { ImageFormat, MeasuredImage } from '../image-format.ts';
import { type DibHeader, readDibHeader } from './dib-header.ts';

const fileHeaderBytes = 14;
/** Below that a header of chance is more likely than a picture. */
const leastSide = 8;
/** Icons of resources are bitmaps of twice their height: colours, then a mask of one bit. */
const largestIcon = 256;

function probe(header: DataView): boolean {
  const dib = readDibHeader(header);
  return dib !== undefined && dib.width >= leastSide && dib.height >= leastSide && !dib.isRunLength;
}

/** A bitmap without the file's header in front, as clipboards, resources and device-independent bitmaps of GDI have it. */
function measure(bytes: ImageBytes): MeasuredImage | undefined {
  const header = bytes.view(0, 40);
  const dib = header && readDibHeader(header);
  if (header === undefined || dib === undefined) return undefined;
  const pixelsAt = dib.headerBytes + dib.colourBytes;
  const { width, rowBytes } = dib;
  const imageBytes = header.getUint32(20, true);
  if (isIcon(dib, imageBytes)) {
    const height = dib.height / 2;
    const colours = pixelsAt + rowBytes * height;
    const size = colours + Math.ceil(width / 32) * 4 * height;
    if (size > bytes.size) return undefined;
    const head = new DataView(bmpHead(bytes, pixelsAt, colours).buffer);
    head.setInt32(fileHeaderBytes + 8, height, true);
    return { width, height, size, wholeness: 'complete', score: 0.9, file: fileOf(head, pixelsAt, colours) };
  }
  const size = pixelsAt + dib.pixelBytes;
  // A size that is given and wrong, or pixels that nobody captured: no picture.
  if (size > bytes.size || (imageBytes !== 0 && Math.abs(imageBytes - dib.pixelBytes) > 4)) return undefined;
  const head = new DataView(bmpHead(bytes, pixelsAt, size).buffer);
  const score = imageBytes === 0 ? 0.6 : 0.8;
  return { width, height: dib.height, size, wholeness: 'complete', score, file: fileOf(head, pixelsAt, size) };
}

function isIcon(dib: DibHeader, imageBytes: number): boolean {
  const { width, height, rowBytes } = dib;
  if (height !== 2 * width || width > largestIcon) return false;
  const colours = rowBytes * width;
  const mask = Math.ceil(width / 32) * 4 * width;
  return [0, colours, colours + mask].includes(imageBytes);
}

function fileOf(head: DataView, from: number, to: number): NonNullable<MeasuredImage['file']> {
  return { head: new Uint8Array(head.buffer), from, to };
}

/** BITMAPFILEHEADER, and a copy of the header and the colours. */
function bmpHead(bytes: ImageBytes, pixelsAt: number, end: number): Uint8Array {
  const head = new Uint8Array(fileHeaderBytes + pixelsAt);
  const view = new DataView(head.buffer);
  head.set([0x42, 0x4d]);
  view.setUint32(2, fileHeaderBytes + end, true);
  view.setUint32(10, fileHeaderBytes + pixelsAt, true);
  const copied = bytes.view(0, pixelsAt);
  if (copied) head.set(new Uint8Array(copied.buffer), fileHeaderBytes);
  return head;
}

/** A bitmap in memory, written as a BMP file. */
export const dib: ImageFormat = {
  id: 'dib',
  extension: 'bmp',
  reference: 'https://learn.microsoft.com/en-us/windows/win32/gdi/device-independent-bitmaps',
  signatures: [40, 108, 124].map((size) => Uint8Array.of(size, 0, 0, 0)),
  probe,
  measure,
};
