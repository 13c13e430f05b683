import type { Address } from '../../model/address.ts';

/** A stretch of memory at one unit (a word, or a raw pixel) per square, row by row. */
export interface ZoomWindow {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
  /** Bytes of a unit. */
  readonly unitBytes: number;
  /** Units in a full row. */
  readonly columns: number;
  readonly rows: number;
  /** Pixels along each side of a unit. */
  readonly unitPixels: number;
  /** Bytes from block to block when each begins a row of its own; null where rows follow each other without a break. */
  readonly stride: number | null;
  /** Rows that a block takes; 1 unless it is wider than a picture can be. */
  readonly rowsPerBlock: number;
}

export interface ZoomWish {
  readonly start: Address;
  /** Bytes; undefined takes what makes a good picture. */
  readonly size: number | undefined;
  readonly stride: number | null;
  readonly unitBytes: number;
}

/** Units of a row at most; a longer block continues on the next row. */
const mostColumns = 2048;
/** One square of a unit or more, each at least a pixel. */
const mostUnits = 4_000_000;
const goodWidth = 1024;
const goodHeight = 768;
const largestUnit = 16;
const goodUnits = 8192;
const goodBlocks = 96;

/** The most bytes that one picture of such units shows. */
export function largestZoom(unitBytes: number): number {
  return mostUnits * unitBytes;
}

/** Bytes shown where none were asked for. */
export function goodZoomSize(stride: number | null, unitBytes: number): number {
  if (stride === null) return goodUnits * unitBytes;
  return stride * Math.max(1, Math.min(goodBlocks, Math.floor(largestZoom(unitBytes) / stride / 4)));
}

/** How a stretch is laid out. The size has to be at most largestZoom. */
export function zoomWindow({ start, size: wanted, stride, unitBytes }: ZoomWish): ZoomWindow {
  const size = wanted ?? goodZoomSize(stride, unitBytes);
  const common = { start, end: start + size, unitBytes, stride };
  if (stride === null) {
    const units = Math.ceil(size / unitBytes);
    // A third wider than high; powers of two, so that rows begin at round addresses.
    const wide = 2 ** Math.max(4, Math.round(Math.log2(Math.sqrt(units * 1.4))));
    const columns = Math.min(mostColumns, wide, Math.max(1, units));
    const rows = Math.ceil(units / columns);
    return { ...common, columns, rows, rowsPerBlock: 1, unitPixels: unitPixels(columns, rows) };
  }
  const unitsPerBlock = Math.ceil(stride / unitBytes);
  const rowsPerBlock = Math.ceil(unitsPerBlock / mostColumns);
  const columns = Math.ceil(unitsPerBlock / rowsPerBlock);
  const rows = Math.ceil(size / stride) * rowsPerBlock;
  return { ...common, columns, rows, rowsPerBlock, unitPixels: unitPixels(columns, rows) };
}

function unitPixels(columns: number, rows: number): number {
  return Math.max(1, Math.min(largestUnit, Math.floor(goodWidth / columns), Math.ceil(goodHeight / rows)));
}

/** Where a row begins and ends (exclusive). */
export function zoomRow(window: ZoomWindow, row: number): { readonly start: Address; readonly end: Address } {
  const rowBytes = window.columns * window.unitBytes;
  const { stride, rowsPerBlock } = window;
  if (stride === null) {
    const start = window.start + row * rowBytes;
    return { start, end: Math.min(window.end, start + rowBytes) };
  }
  const block = window.start + Math.floor(row / rowsPerBlock) * stride;
  const start = block + (row % rowsPerBlock) * rowBytes;
  return { start, end: Math.min(window.end, block + stride, start + rowBytes) };
}

/** Column and row of an address; the caller makes sure that it lies in the window. */
export function zoomPlace(window: ZoomWindow, address: Address): { readonly column: number; readonly row: number } {
  const { columns, unitBytes, stride, rowsPerBlock } = window;
  const offset = address - window.start;
  const block = stride === null ? 0 : Math.floor(offset / stride);
  const unit = Math.floor((offset - block * (stride ?? 0)) / unitBytes);
  const row = Math.floor(unit / columns);
  return { column: unit - row * columns, row: block * rowsPerBlock + row };
}
