import { type ByteCursor, cursorAt, type ImageBytes } from '../image-bytes.ts';
import { type ImageFormat, isSaneSize, type MeasuredImage } from '../image-format.ts';

const soi = 0xd8;
const eoi = 0xd9;
const sos = 0xda;

/** Start of frame: all but DHT, JPG and DAC, which stand between them. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
/** Markers with a length that stand before EOI: frames and tables, SOS to DHP, APPn, JPEG-LS's, COM. */
const hasSegment = (marker: number) =>
  (marker >= 0xc0 && marker <= 0xfe && (marker < 0xd0 || marker > 0xd9)) as boolean;
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;
/** Scans cut off before this many bytes show nothing. */
const leastEntropyBytes = 256;

/** What a JPEG begins with: APPn, a table, a comment or a frame. */
function probe(header: DataView): boolean {
  const marker = header.getUint8(3);
  return hasSegment(marker) && marker !== sos && header.getUint16(4) >= 2;
}

/**
 * Segments by their lengths, so that a thumbnail inside of one ends nothing; then the entropy-coded data of each scan, to
 * EOI. Where that breaks after a scan has begun, the image is partial: the rest was overwritten or not captured.
 */
function measure(bytes: ImageBytes): MeasuredImage | undefined {
  let size: { readonly width: number; readonly height: number } | undefined;
  let entropyBytes = 0;
  const cursor = cursorAt(bytes, 2);
  let marker = nextMarker(cursor);
  for (;;) {
    if (marker === eoi) {
      return size && entropyBytes > 0 ? { ...size, size: cursor.offset, wholeness: 'complete', score: 1 } : undefined;
    }
    const markerAt = cursor.offset - 2;
    const segment = hasSegment(marker) ? readSegment(bytes, cursor.offset) : undefined;
    if (segment === undefined) return partial(size, entropyBytes, markerAt);
    if (isFrame(marker)) {
      size = frameSize(segment);
      if (size === undefined) return undefined;
    }
    cursor.skip(segment.length);
    if (marker !== sos) {
      marker = nextMarker(cursor);
      continue;
    }
    if (size === undefined || !isScan(segment)) return partial(size, entropyBytes, markerAt);
    const start = cursor.offset;
    marker = skipEntropy(cursor);
    entropyBytes += cursor.offset - start;
    if (marker < 0) return partial(size, entropyBytes, cursor.offset);
  }
}

function partial(
  size: { readonly width: number; readonly height: number } | undefined,
  entropyBytes: number,
  end: number,
): MeasuredImage | undefined {
  if (size === undefined || entropyBytes < leastEntropyBytes) return undefined;
  return { ...size, size: end, wholeness: 'partial', score: 0.5 };
}

interface Segment {
  readonly length: number;
  readonly view: DataView;
}

/** Its length and first bytes: as many as frames and scans need. */
function readSegment(bytes: ImageBytes, at: number): Segment | undefined {
  const length = bytes.view(at, 2)?.getUint16(0) ?? 0;
  if (length < 2 || at + length > bytes.size) return undefined;
  const view = bytes.view(at, Math.min(length, 20));
  return view && { length, view };
}

function frameSize({ length, view }: Segment): { width: number; height: number } | undefined {
  if (length < 11) return undefined;
  const components = view.getUint8(7);
  const [height, width] = [view.getUint16(3), view.getUint16(5)];
  const isSane = components >= 1 && components <= 4 && length === 8 + 3 * components && view.getUint8(2) <= 16;
  return isSane && isSaneSize(width, height) ? { width, height } : undefined;
}

function isScan({ length, view }: Segment): boolean {
  const components = length >= 8 ? view.getUint8(2) : 0;
  return components >= 1 && components <= 4 && length === 6 + 2 * components;
}

/** The code behind FF, any number of which may stand before it; -1 where no marker is. */
function nextMarker(cursor: ByteCursor): number {
  if (cursor.next() !== 0xff) return -1;
  return skipFill(cursor);
}

function skipFill(cursor: ByteCursor): number {
  let code = cursor.next();
  while (code === 0xff) code = cursor.next();
  return code;
}

/** Coded data, in which FF is followed by 00 or a restart; returns the marker that ends it, -1 where the bytes end. */
function skipEntropy(cursor: ByteCursor): number {
  for (;;) {
    const byte = cursor.next();
    if (byte < 0) return -1;
    if (byte !== 0xff) continue;
    const code = cursor.next();
    if (code === 0 || isRestart(code)) continue;
    const marker = code === 0xff ? skipFill(cursor) : code;
    return marker === soi || marker === 0 ? -1 : marker;
  }
}

export const jpeg: ImageFormat = {
  id: 'jpeg',
  extension: 'jpg',
  reference: 'https://www.w3.org/Graphics/JPEG/itu-t81.pdf',
  signatures: [Uint8Array.of(0xff, soi, 0xff)],
  probe,
  measure,
};
