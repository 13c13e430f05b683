import { crc32 } from 'node:zlib';
import { type ImageBytes, piecesOf } from '../image-bytes.ts';
import { type ImageFormat, isSaneSize, type MeasuredImage } from '../image-format.ts';

const signatureBytes = 8;
const chunkOverhead = 12;
const ihdr = 0x49484452;
const idat = 0x49444154;
const iend = 0x49454e44;

/** Bit depths that go with each colour type. */
const depthsOfColour: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

function probe(header: DataView): boolean {
  const [depth, colour, compression, filter, interlace] = [24, 25, 26, 27, 28].map((at) => header.getUint8(at));
  return (
    header.getUint32(4) === 0x0d0a1a0a &&
    header.getUint32(8) === 13 &&
    header.getUint32(12) === ihdr &&
    isSaneSize(header.getUint32(16), header.getUint32(20)) &&
    (depthsOfColour[colour!]?.includes(depth!) ?? false) &&
    compression === 0 &&
    filter === 0 &&
    interlace! <= 1
  );
}

/** All chunks in turn, each with its checksum, to IEND. */
function measure(bytes: ImageBytes): MeasuredImage | undefined {
  const header = bytes.view(0, signatureBytes + chunkOverhead + 13);
  if (header === undefined || !hasRightSum(bytes, signatureBytes, 13)) return undefined;
  const size = { width: header.getUint32(16), height: header.getUint32(20) };
  let isSound = true;
  let hasPixels = false;
  for (let at = signatureBytes; ; ) {
    const chunk = bytes.view(at, 8);
    const length = chunk?.getUint32(0) ?? 0;
    const end = at + chunkOverhead + length;
    if (chunk === undefined || !isChunkType(chunk) || end > bytes.size) {
      return hasPixels ? { ...size, size: at, wholeness: 'partial', score: 0.6 } : undefined;
    }
    const isRight = hasRightSum(bytes, at, length);
    const type = chunk.getUint32(4);
    isSound &&= isRight;
    hasPixels ||= type === idat && isRight;
    if (type === iend && length === 0) {
      if (!hasPixels) return undefined;
      return { ...size, size: end, wholeness: isSound ? 'complete' : 'damaged', score: isSound ? 1 : 0.8 };
    }
    at = end;
  }
}

function isChunkType(chunk: DataView): boolean {
  for (let at = 4; at < 8; at++) {
    const letter = chunk.getUint8(at) & ~0x20;
    if (letter < 0x41 || letter > 0x5a) return false;
  }
  return true;
}

function hasRightSum(bytes: ImageBytes, at: number, length: number): boolean {
  let sum = 0;
  let summed = 0;
  for (const piece of piecesOf(bytes, at + 4, at + 8 + length)) {
    sum = crc32(piece, sum);
    summed += piece.length;
  }
  return summed === 4 + length && bytes.view(at + 8 + length, 4)?.getUint32(0) === sum;
}

export const png: ImageFormat = {
  id: 'png',
  extension: 'png',
  reference: 'https://www.w3.org/TR/png-3/',
  signatures: [Uint8Array.of(0x89, 0x50, 0x4e, 0x47)],
  probe,
  measure,
};
