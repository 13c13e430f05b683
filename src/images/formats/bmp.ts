import type { ImageBytes } from '../image-bytes.ts';
import { ascii, type ImageFormat, type MeasuredImage } from '../image-format.ts';
import { readDibHeader } from './dib-header.ts';

const fileHeaderBytes = 14;

function probe(header: DataView): boolean {
  const offset = header.getUint32(10, true);
  return header.getUint32(6, true) === 0 && offset >= 54 && offset <= 4096 && header.getUint16(26, true) === 1;
}

function measure(bytes: ImageBytes): MeasuredImage | undefined {
  const file = bytes.view(0, fileHeaderBytes);
  const header = bytes.view(fileHeaderBytes, 40);
  const dib = header && readDibHeader(header);
  if (file === undefined || dib === undefined) return undefined;
  const fileBytes = file.getUint32(2, true);
  const pixelsAt = file.getUint32(10, true);
  if (pixelsAt < fileHeaderBytes + dib.headerBytes + dib.colourBytes) return undefined;
  // Some writers count neither headers nor padding; the pixels are what has to be there.
  const end = Math.max(pixelsAt + dib.pixelBytes, fileBytes <= pixelsAt + dib.pixelBytes + 4 ? fileBytes : 0);
  const { width, height } = dib;
  if (end > bytes.size) {
    const rows = Math.floor((bytes.size - pixelsAt) / dib.rowBytes);
    return rows > 0 ? { width, height, size: bytes.size, wholeness: 'partial', score: 0.5 } : undefined;
  }
  return { width, height, size: end, wholeness: 'complete', score: fileBytes === end ? 1 : 0.8 };
}

/** A BMP file with both headers. */
export const bmp: ImageFormat = {
  id: 'bmp',
  extension: 'bmp',
  reference: 'https://learn.microsoft.com/en-us/windows/win32/gdi/bitmap-storage',
  signatures: [ascii('BM')],
  probe,
  measure,
};
