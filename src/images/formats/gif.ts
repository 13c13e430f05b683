import { type ByteCursor, cursorAt, type ImageBytes } from '../image-bytes.ts';
import { ascii, type ImageFormat, isSaneSize, type MeasuredImage } from '../image-format.ts';

const headerBytes = 13;
const frameBytes = 9;
const extensionBlock = 0x21;
const frameBlock = 0x2c;
const trailer = 0x3b;

function probe(header: DataView): boolean {
  const version = header.getUint8(4);
  const isVersion = (version === 0x37 || version === 0x39) && header.getUint8(5) === 0x61;
  return isVersion && isSaneSize(header.getUint16(6, true), header.getUint16(8, true));
}

/** Blocks and their sub-blocks by their lengths, to the trailer. */
function measure(bytes: ImageBytes): MeasuredImage | undefined {
  const header = bytes.view(0, headerBytes);
  if (header === undefined) return undefined;
  const size = { width: header.getUint16(6, true), height: header.getUint16(8, true) };
  const cursor = cursorAt(bytes, headerBytes);
  cursor.skip(tableBytes(header.getUint8(10)));
  let frames = 0;
  for (;;) {
    const start = cursor.offset;
    const kind = cursor.next();
    if (kind === trailer && frames > 0) return { ...size, size: cursor.offset, wholeness: 'complete', score: 1 };
    const isWhole = kind === extensionBlock ? skipExtension(cursor) : kind === frameBlock && skipFrame(cursor);
    if (isWhole && kind === frameBlock) frames++;
    if (!isWhole) return frames > 0 ? { ...size, size: start, wholeness: 'partial', score: 0.5 } : undefined;
  }
}

/** Bytes of the colour table that the flags announce. */
function tableBytes(flags: number): number {
  return flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
}

function skipExtension(cursor: ByteCursor): boolean {
  return cursor.next() >= 0 && skipSubBlocks(cursor);
}

function skipFrame(cursor: ByteCursor): boolean {
  const fields = Array.from({ length: frameBytes }, () => cursor.next());
  cursor.skip(tableBytes(fields[8]!));
  const codeSize = cursor.next();
  return codeSize >= 2 && codeSize <= 11 && skipSubBlocks(cursor);
}

function skipSubBlocks(cursor: ByteCursor): boolean {
  for (;;) {
    const length = cursor.next();
    if (length <= 0) return length === 0;
    cursor.skip(length);
  }
}

export const gif: ImageFormat = {
  id: 'gif',
  extension: 'gif',
  reference: 'https://www.w3.org/Graphics/GIF/spec-gif89a.txt',
  signatures: [ascii('GIF8')],
  probe,
  measure,
};
