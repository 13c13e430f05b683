import { drawLine, hatchRect } from '../draw/draw-line.ts';
import type { PixelDepth } from '../draw/encode/bmp-header.ts';
import { rgbOfPixels } from '../draw/encode/raw-rows.ts';
import { notCapturedLine, page } from '../draw/palette.ts';
import { fillRect, type PixelImage, type Rect } from '../draw/pixel-image.ts';
import type { Memory } from '../memory/memory.ts';
import { type Address, itemStartingAtOrBelow } from '../model/address.ts';
import { offsetRulerHeight, paintOffsetRuler } from './blocks/field-marks.ts';
import { codeOfKinds, kindReader } from './blocks/read-kinds.ts';
import { drawPage } from './page/draw-page.ts';
import { codeColours, kindLegend } from './page/kind-colours.ts';
import { contentsWarning, type LegendItem, type PageSpec, type SideNote } from './page/page-types.ts';
import { planSideNotes } from './page/side-notes.ts';
import { addressText, bytesText, countText } from './page/size-text.ts';
import type { Pace } from './picture.ts';
import { type ZoomWindow, zoomPlace, zoomRow, zoomWindow } from './zoom/zoom-window.ts';

/** A block that begins in the stretch that is shown, or before it. */
export interface ZoomBlock {
  readonly address: Address;
  readonly size: number;
  readonly isLive: boolean;
}

export interface ZoomInput {
  /** Name and version. */
  readonly tool: string;
  /** As it is shown. */
  readonly dumpName: string;
  readonly memory: Memory;
  readonly start: Address;
  /** Bytes; undefined lets the picture choose. */
  readonly size: number | undefined;
  /** Each block of this many bytes begins a row of its own; null: rows follow each other. */
  readonly stride: number | null;
  /** Set for values instead of kinds: then the picture says that it holds them. */
  readonly rawDepth: PixelDepth | null;
  /** Known by walking the heap, in order of address; none where no heap was found. */
  readonly blocks: readonly ZoomBlock[];
}

/** The stretch that is shown. */
export function zoomOf({ memory, start, size, stride, rawDepth }: Omit<ZoomInput, 'blocks'>): ZoomWindow {
  const unitBytes = rawDepth === null ? memory.dump.pointerSize : rawDepth / 8;
  return zoomWindow({ start, size, stride, unitBytes });
}

/** A word alone before so many zero ones is drawn wider where words are single pixels: a header has to be seen. */
const loneWords = 6;
const lonePixels = 3;

type RowPainter = (row: number, paint: (column: number, colour: readonly [number, number, number]) => void) => void;

function kindPainter(window: ZoomWindow, memory: Memory): RowPainter {
  const reader = kindReader(memory);
  return (row, paint) => {
    const { start, end } = zoomRow(window, row);
    const kinds = reader.kinds(start, Math.ceil((end - start) / window.unitBytes));
    for (let column = 0; column < kinds.length; column++) {
      const colour = codeColours[codeOfKinds(kinds, column, column + 1)];
      if (!colour) continue;
      paint(column, colour);
      const isLone = window.unitPixels === 1 && kinds[column] !== 0 && isZero(kinds, column + 1, loneWords);
      if (!isLone) continue;
      for (let more = 1; more < lonePixels; more++) paint(column + more, colour);
      column += lonePixels - 1;
    }
  };
}

function isZero(kinds: Uint8Array, from: number, count: number): boolean {
  return from + count <= kinds.length && kinds.subarray(from, from + count).every((kind) => kind === 0);
}

function rawPainter(window: ZoomWindow, memory: Memory, depth: PixelDepth): RowPainter {
  const { unitBytes } = window;
  const bytes = new Uint8Array(window.columns * unitBytes);
  return (row, paint) => {
    const { start, end } = zoomRow(window, row);
    const wanted = Math.ceil((end - start) / unitBytes) * unitBytes;
    for (let at = 0; at < wanted; at += unitBytes) {
      const got = memory.read(start + at, bytes.subarray(at, wanted));
      const rgb = rgbOfPixels(bytes.subarray(at, at + got), depth);
      for (let unit = 0; unit * 3 < rgb.length; unit++) {
        paint(at / unitBytes + unit, [rgb[unit * 3]!, rgb[unit * 3 + 1]!, rgb[unit * 3 + 2]!]);
      }
      at += Math.floor(got / unitBytes) * unitBytes;
    }
  };
}

async function paintUnits(
  image: PixelImage,
  content: Rect,
  { window, painter, pace }: { readonly window: ZoomWindow; readonly painter: RowPainter; readonly pace: Pace },
): Promise<void> {
  const size = window.unitPixels;
  for (let row = 0; row < window.rows; row++) {
    const { start, end } = zoomRow(window, row);
    const y = content.y + row * size;
    const width = Math.max(0, Math.ceil((end - start) / window.unitBytes)) * size;
    hatchRect(image, { x: content.x, y, width, height: size }, notCapturedLine);
    painter(row, (column, colour) => {
      fillRect(image, { x: content.x + column * size, y, width: size, height: size }, colour);
    });
    await pace();
  }
}

/** Steps from block to block: along the top of its first row, down at its first word, along the row below. */
function paintBorders(image: PixelImage, content: Rect, window: ZoomWindow, blocks: readonly ZoomBlock[]): void {
  const size = window.unitPixels;
  const rowBytes = window.columns * window.unitBytes;
  // One block per row of single pixels: the line would only hide its first word.
  if (size === 1 && window.stride !== null) return;
  for (const { address, size: bytes, isLive } of blocks) {
    if (address < window.start || address >= window.end) continue;
    const { column, row } = zoomPlace(window, address);
    const x = content.x + column * size;
    const y = content.y + row * size;
    const colour = isLive ? page.marker : page.line;
    const bottom = Math.min(y + size - 1, content.y + content.height - 1);
    drawLine(image, { x, y }, { x, y: bottom }, colour);
    if (size < 4 || bytes < rowBytes * 2) continue;
    drawLine(image, { x, y }, { x: content.x + content.width - 1, y }, colour);
    if (column > 0 && row + 1 < window.rows) drawLine(image, { x: content.x, y: y + size }, { x, y: y + size }, colour);
  }
}

function rowNotes(window: ZoomWindow): SideNote[] {
  const step = Math.max(1, Math.ceil(32 / window.unitPixels / window.rowsPerBlock)) * window.rowsPerBlock;
  const notes: SideNote[] = [];
  for (let row = 0; row < window.rows; row += step) {
    const text = addressText(zoomRow(window, row).start);
    const at = row * window.unitPixels + Math.floor(window.unitPixels / 2);
    notes.push({ at, lines: [{ text, colour: page.softInk }], priority: 0, fixed: true });
  }
  return notes;
}

function blockNotes(window: ZoomWindow, blocks: readonly ZoomBlock[]): SideNote[] {
  return blocks
    .filter(({ address }) => address >= window.start && address < window.end)
    .map(({ address, size, isLive }) => {
      const text = `${addressText(address)}: ${countText(size)} bytes${isLive ? '' : ', free'}`;
      const at = zoomPlace(window, address).row * window.unitPixels + Math.floor(window.unitPixels / 2);
      return { at, lines: [{ text, colour: isLive ? page.ink : page.softInk }], priority: 0, fixed: true };
    });
}

function unitText(input: ZoomInput, window: ZoomWindow): string {
  const { unitBytes, unitPixels: side } = window;
  const what = input.rawDepth === null ? `word of ${unitBytes} bytes` : `pixel of ${input.rawDepth} bits`;
  const place = side === 1 ? '1 pixel' : `${side}×${side} pixels`;
  return `${place} = 1 ${what}`;
}

function legendOf(input: ZoomInput, window: ZoomWindow): LegendItem[] {
  const { stride, rowsPerBlock } = window;
  const rowBytes = window.columns * window.unitBytes;
  const rows =
    stride === null
      ? `1 row = ${bytesText(rowBytes)}`
      : rowsPerBlock === 1
        ? `1 row = ${countText(stride)} bytes, one stride`
        : `${rowsPerBlock} rows = ${countText(stride)} bytes, one stride`;
  const items: LegendItem[] = [{ kind: 'text', text: `${unitText(input, window)}; ${rows}` }];
  if (input.rawDepth === null) items.push(...kindLegend);
  items.push({ kind: 'not-captured', text: 'not in the dump' });
  if (input.blocks.length > 0 && (window.unitPixels > 1 || stride === null)) {
    items.push({ kind: 'colour', colour: page.marker, text: 'a block in use begins' });
    items.push({ kind: 'colour', colour: page.line, text: 'a free block begins' });
  }
  const straight = 'Where the stride is true, the same field of every block stands upright; else lines slant.';
  if (stride !== null) items.push({ kind: 'text', text: straight });
  if (window.unitPixels === 1 && input.rawDepth === null) {
    items.push({
      kind: 'text',
      text: `Data alone among zeros is drawn ${lonePixels} pixels wide, so that it can be seen.`,
    });
  }
  if (input.rawDepth === null) items.push({ kind: 'text', text: 'Colours tell kinds of words, never values.' });
  return items;
}

function factsOf({ memory, dumpName }: ZoomInput, window: ZoomWindow): string[] {
  const { regions } = memory.dump;
  const region = itemStartingAtOrBelow(regions, window.start);
  const inRegion = region !== undefined && window.start < region.end;
  return [
    dumpName,
    `${bytesText(window.end - window.start)}, ${addressText(window.start)}–${addressText(window.end)}`,
    inRegion ? `in ${region.kind} ${region.name}`.trim() : 'outside of all regions of the dump',
  ];
}

/** The page of a stretch, not drawn yet. */
export function zoomPage(input: ZoomInput): PageSpec {
  const { memory, stride, rawDepth, blocks } = input;
  const window = zoomOf(input);
  const rowBytes = window.columns * window.unitBytes;
  const how = stride === null ? '' : `, straightened at ${countText(stride)} bytes`;
  const painter = rawDepth === null ? kindPainter(window, memory) : rawPainter(window, memory, rawDepth);
  const contentHeight = window.rows * window.unitPixels;
  return {
    title: `${input.tool} · Zoom at ${addressText(input.start)}${how}`,
    ...(rawDepth === null ? {} : { warning: contentsWarning }),
    facts: factsOf(input, window),
    contentWidth: window.columns * window.unitPixels,
    contentHeight,
    topHeight: offsetRulerHeight,
    left: planSideNotes(rowNotes(window), { side: 'left', height: contentHeight, scale: 1 }),
    right: planSideNotes(blockNotes(window, blocks), { side: 'right', height: contentHeight, scale: 1 }),
    legend: legendOf(input, window),
    textScale: 1,
    async paint(image, content, pace) {
      await paintUnits(image, content, { window, painter, pace });
      paintBorders(image, content, window, blocks);
      const scale = { x: content.x, pixelsPerByte: window.unitPixels / window.unitBytes };
      const bytes = window.rowsPerBlock === 1 && stride !== null ? stride : rowBytes;
      paintOffsetRuler(image, content, bytes, scale);
    },
  };
}

/** Draws a stretch of memory word by word. */
export async function drawZoom(input: ZoomInput, pace: Pace): Promise<PixelImage> {
  return await drawPage(zoomPage(input), pace);
}
