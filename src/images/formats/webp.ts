import type { ImageBytes } from '../image-bytes.ts';
import { ascii, type ImageFormat, isSaneSize, type MeasuredImage } from '../image-format.ts';

const riffHeaderBytes = 12;
const chunkHeaderBytes = 8;
/** Bytes of a first chunk's header and its fields. */
const firstBytes = 18;

const fourLetters = (text: string) => new DataView(ascii(text).buffer).getUint32(0);
const webpTag = fourLetters('WEBP');

/** Where each kind of first chunk keeps the size of the picture; undefined when it contradicts itself. */
const sizeReaders: ReadonlyMap<number, (chunk: DataView) => readonly [width: number, height: number] | undefined> =
  new Map([
    [fourLetters('VP8 '), lossySize],
    [fourLetters('VP8L'), losslessSize],
    [fourLetters('VP8X'), extendedSize],
  ]);

function lossySize(chunk: DataView): [number, number] | undefined {
  const isStartCode = chunk.getUint8(11) === 0x9d && chunk.getUint8(12) === 0x01 && chunk.getUint8(13) === 0x2a;
  return isStartCode ? [chunk.getUint16(14, true) & 0x3fff, chunk.getUint16(16, true) & 0x3fff] : undefined;
}

function losslessSize(chunk: DataView): [number, number] | undefined {
  if (chunk.getUint8(8) !== 0x2f) return undefined;
  const bits = chunk.getUint32(9, true);
  return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
}

function extendedSize(chunk: DataView): [number, number] {
  return [1 + (chunk.getUint32(12, true) & 0xff_ffff), 1 + (chunk.getUint32(14, true) >>> 8)];
}

function probe(header: DataView): boolean {
  return header.getUint32(8) === webpTag && sizeReaders.has(header.getUint32(12));
}

/** The size that RIFF's header says, held against the chunks inside. */
function measure(bytes: ImageBytes): MeasuredImage | undefined {
  const header = bytes.view(0, riffHeaderBytes);
  const first = bytes.view(riffHeaderBytes, firstBytes);
  if (header === undefined || first === undefined) return undefined;
  const sides = sizeReaders.get(first.getUint32(0))?.(first);
  if (sides === undefined || !isSaneSize(...sides)) return undefined;
  const [width, height] = sides;
  const end = 8 + header.getUint32(4, true);
  const chunksEnd = endOfChunks(bytes, Math.min(end, bytes.size));
  if (chunksEnd === end && end <= bytes.size) return { width, height, size: end, wholeness: 'complete', score: 1 };
  // The pixels are in the last chunks, most of them in the one that is cut off.
  const isCutOff = end > bytes.size && bytes.size > 2 * chunkHeaderBytes + firstBytes;
  return isCutOff ? { width, height, size: bytes.size, wholeness: 'partial', score: 0.5 } : undefined;
}

/** Where the chunks end that fit below `end`, each filled up to an even length. */
function endOfChunks(bytes: ImageBytes, end: number): number {
  let at = riffHeaderBytes;
  while (at + chunkHeaderBytes <= end) {
    const chunk = bytes.view(at, chunkHeaderBytes);
    if (chunk === undefined || !isTag(chunk)) return at;
    const length = chunk.getUint32(4, true);
    at += chunkHeaderBytes + length + (length % 2);
  }
  return at;
}

function isTag(chunk: DataView): boolean {
  return [0, 1, 2, 3].every((at) => chunk.getUint8(at) >= 0x20 && chunk.getUint8(at) <= 0x7e);
}

export const webp: ImageFormat = {
  id: 'webp',
  extension: 'webp',
  reference: 'https://developers.google.com/speed/webp/docs/riff_container',
  signatures: [ascii('RIFF')],
  probe,
  measure,
};
