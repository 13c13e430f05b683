import type { ImageBytes } from '../image-bytes.ts';
import type { ImageFormat, MeasuredImage } from '../image-format.ts';
import { readDibHeader } from './dib-header.ts';

const directoryBytes = 6;
const entryBytes = 16;
const mostEntries = 64;
const depths = [0, 1, 4, 8, 16, 24, 32];
const pngTag = 0x89504e47;

/** The first entry of the directory: nothing else is told apart from small numbers in memory. */
function probe(header: DataView): boolean {
  const count = header.getUint16(4, true);
  const isEntry = header.getUint8(9) === 0 && header.getUint32(14, true) >= 40;
  return (
    count >= 1 && count <= mostEntries && isEntry && header.getUint32(18, true) >= directoryBytes + count * entryBytes
  );
}

/** Every entry of the directory has to lead to a bitmap of the size that it says, or to a PNG; the furthest end is the end. */
function measure(bytes: ImageBytes): MeasuredImage | undefined {
  const start = bytes.view(0, directoryBytes);
  const count = start?.getUint16(4, true) ?? 0;
  const directory = bytes.view(directoryBytes, count * entryBytes);
  if (start === undefined || directory === undefined) return undefined;
  const isCursor = start.getUint16(2, true) === 2;
  let largest = 0;
  let end = 0;
  for (let at = 0; at < directory.byteLength; at += entryBytes) {
    const side = (place: number) => directory.getUint8(at + place) || 256;
    const size = directory.getUint32(at + 8, true);
    const offset = directory.getUint32(at + 12, true);
    const isIconEntry =
      isCursor || (directory.getUint16(at + 4, true) <= 1 && depths.includes(directory.getUint16(at + 6, true)));
    const isBehind = offset >= directoryBytes + directory.byteLength && offset + size <= bytes.size;
    if (directory.getUint8(at + 3) !== 0 || !isIconEntry || !isBehind || size < 40) return undefined;
    if (!isImage(bytes, offset, side(0), side(1))) return undefined;
    largest = Math.max(largest, Math.min(side(0), side(1)));
    end = Math.max(end, offset + size);
  }
  return { size: end, width: largest, height: largest, wholeness: 'complete', score: 0.95 };
}

function isImage(bytes: ImageBytes, offset: number, width: number, height: number): boolean {
  const view = bytes.view(offset, 40);
  if (view === undefined) return false;
  if (view.getUint32(0) === pngTag) return true;
  const dib = readDibHeader(view);
  return dib !== undefined && dib.width === width && (dib.height === height || dib.height === 2 * height);
}

/** Icons and cursors. */
export const ico: ImageFormat = {
  id: 'ico',
  extension: 'ico',
  reference: 'https://learn.microsoft.com/en-us/previous-versions/ms997538(v=msdn.10)',
  signatures: [Uint8Array.of(0, 0, 1, 0), Uint8Array.of(0, 0, 2, 0)],
  probe,
  measure,
};
