// The bitmap headers that BMP files, icons and clipboards share (BITMAPINFOHEADER and its larger kin).
import { isSaneSize } from '../image-format.ts';

/** Sizes of BITMAPINFOHEADER, its two extensions by masks, BITMAPV4HEADER and BITMAPV5HEADER. */
const headerSizes = [40, 52, 56, 108, 124];

const uncompressed = 0;
const runLengths8 = 1;
const runLengths4 = 2;
const bitFields = 3;

export interface DibHeader {
  readonly headerBytes: number;
  readonly width: number;
  /** Never negative. */
  readonly height: number;
  readonly bitsPerPixel: number;
  /** Colour masks and palette behind the header. */
  readonly colourBytes: number;
  readonly pixelBytes: number;
  readonly isRunLength: boolean;
  /** Rows by themselves, each filled up to four bytes. */
  readonly rowBytes: number;
}

/** Reads 40 bytes of a header whose fields agree; undefined when they do not. `pixelBytes` holds for the height as it is. */
export function readDibHeader(view: DataView): DibHeader | undefined {
  const headerBytes = view.getUint32(0, true);
  const width = view.getInt32(4, true);
  const height = Math.abs(view.getInt32(8, true));
  const bitsPerPixel = view.getUint16(14, true);
  const compression = view.getUint32(16, true);
  const imageBytes = view.getUint32(20, true);
  if (!headerSizes.includes(headerBytes) || view.getUint16(12, true) !== 1 || !isSaneSize(width, height))
    return undefined;
  if (!isCompressionOf(compression, bitsPerPixel)) return undefined;
  const colours = readColours(view, bitsPerPixel);
  if (colours === undefined || !areResolutions(view)) return undefined;
  const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4;
  const isRunLength = compression === runLengths8 || compression === runLengths4;
  const pixelBytes = isRunLength ? imageBytes : rowBytes * height;
  if (pixelBytes === 0 || pixelBytes > 0x7fff_ffff) return undefined;
  const maskBytes = compression === bitFields && headerBytes === 40 ? 12 : 0;
  return {
    headerBytes,
    width,
    height,
    bitsPerPixel,
    colourBytes: maskBytes + colours * 4,
    pixelBytes,
    isRunLength,
    rowBytes,
  };
}

function isCompressionOf(compression: number, bits: number): boolean {
  if (compression === uncompressed) return [1, 4, 8, 16, 24, 32].includes(bits);
  if (compression === runLengths8) return bits === 8;
  if (compression === runLengths4) return bits === 4;
  return compression === bitFields && (bits === 16 || bits === 32);
}

function readColours(view: DataView, bits: number): number | undefined {
  const used = view.getUint32(32, true);
  const important = view.getUint32(36, true);
  const most = bits <= 8 ? 2 ** bits : 256;
  if (used > most || important > Math.max(most, used)) return undefined;
  return bits <= 8 && used === 0 ? most : used;
}

/** Pixels per metre: up to some 2,500 dots per inch, or not said. */
function areResolutions(view: DataView): boolean {
  return view.getUint32(24, true) <= 100_000 && view.getUint32(28, true) <= 100_000;
}
