import { drawLine } from '../draw/draw-line.ts';
import { drawText, textWidth } from '../draw/draw-text.ts';
import { page } from '../draw/palette.ts';
import { type Colour, fillRect, type PixelImage, type Rect } from '../draw/pixel-image.ts';
import type { Memory } from '../memory/memory.ts';
import { type Address, itemStartingAtOrBelow } from '../model/address.ts';
import type { ReportAllocation } from '../model/leak-report.ts';
import { blockTest } from './blocks/block-marks.ts';
import { findRuns, searchBlocks } from './blocks/find-blocks.ts';
import { paintCodes } from './blocks/paint-codes.ts';
import { codesOfKinds, kindReader } from './blocks/read-kinds.ts';
import { blocksText, drawnSuspects, suspectFacts } from './blocks/suspects.ts';
import { drawPage } from './page/draw-page.ts';
import { toolTitle } from './page/facts.ts';
import { kindLegend } from './page/kind-colours.ts';
import type { PageSpec, SideNote } from './page/page-types.ts';
import { planSideNotes } from './page/side-notes.ts';
import { addressText, bytesText, countText } from './page/size-text.ts';
import type { Pace, Picture, PictureInput } from './picture.ts';

/** The stretch of memory that a hatch shows, row by row. */
interface HatchWindow {
  readonly start: Address;
  readonly wordBytes: number;
  /** Words in a row. */
  readonly columns: number;
  readonly rows: number;
  /** Pixels along each side of a word. */
  readonly wordPixels: number;
  readonly stride: number;
  /** Where blocks begin, in order. */
  readonly blocks: readonly Address[];
}

/** Widths for small, middle and large blocks, so that a window always holds a good number of them. */
const shapes = [
  { mostWords: 512, columns: 256, rows: 224, wordPixels: 3 },
  { mostWords: 16_384, columns: 512, rows: 448, wordPixels: 2 },
  { mostWords: Number.POSITIVE_INFINITY, columns: 1024, rows: 900, wordPixels: 1 },
];
/** Words added to a row that would hold whole blocks: there the blocks' starts would stand upright, not slanted. */
const slantWords = 3;
/** A window around a run that ends early is cut some rows behind it. */
const leastRows = 64;
const topHeight = 34;
const leastTick = 16;

function hatchWindow(memory: Memory, allocation: ReportAllocation): HatchWindow {
  const wordBytes = memory.dump.pointerSize;
  const stride = allocation.strideBytes;
  const shape = shapes.find(({ mostWords }) => stride / wordBytes <= mostWords)!;
  const isUpright = (shape.columns * wordBytes) % stride === 0;
  const columns = isUpright ? shape.columns + slantWords : shape.columns;
  const rowBytes = columns * wordBytes;
  const test = blockTest(memory, allocation);
  const run = findRuns(allocation, test, Math.ceil((shape.rows * rowBytes) / stride))[0]!;
  // Rows at round addresses, where rows are round.
  const start = isUpright ? run.start : Math.floor(run.start / rowBytes) * rowBytes;
  const region = itemStartingAtOrBelow(memory.dump.regions, run.start);
  const end = Math.min(region?.end ?? Number.POSITIVE_INFINITY, start + shape.rows * rowBytes);
  const inRun = Array.from({ length: run.count }, (_, index) => run.start + index * stride);
  const isWalked = allocation.method === 'chunk-walk';
  const found = isWalked
    ? searchBlocks(memory, stride, test, { start: run.start, end, most: shape.rows * columns })
    : [];
  const blocks = (found.length > inRun.length ? found : inRun).filter((address) => address < end);
  const used = Math.ceil((blocks.at(-1)! + stride - start) / rowBytes);
  const rows = Math.min(Math.ceil((end - start) / rowBytes), Math.max(leastRows, Math.ceil(used * 1.1)));
  return { start, wordBytes, columns, rows, wordPixels: shape.wordPixels, stride, blocks };
}

async function paintWords(
  image: PixelImage,
  content: Rect,
  { window, memory, pace }: { readonly window: HatchWindow; readonly memory: Memory; readonly pace: Pace },
): Promise<void> {
  const reader = kindReader(memory);
  const size = window.wordPixels;
  for (let row = 0; row < window.rows; row++) {
    const address = window.start + row * window.columns * window.wordBytes;
    const codes = codesOfKinds(reader.kinds(address, window.columns), 1);
    const cell = { x: content.x, y: content.y + row * size, width: size, height: size };
    paintCodes(image, cell, codes, (column) => reader.isMapped(address + column * window.wordBytes));
    await pace();
  }
}

/** Pixels of a block's first word, from the content's top left corner. */
function blockPlace(window: HatchWindow, address: Address): { x: number; y: number } {
  const word = Math.floor((address - window.start) / window.wordBytes);
  const row = Math.floor(word / window.columns);
  return { x: (word - row * window.columns) * window.wordPixels, y: row * window.wordPixels };
}

/** A thin upright line at the first word of each block; it rises above it where blocks are many rows apart. */
function paintBorders(image: PixelImage, content: Rect, window: HatchWindow): void {
  const size = window.wordPixels;
  const rowsApart = window.stride / window.wordBytes / window.columns;
  const rise = rowsApart * size >= leastTick ? 5 : 0;
  if (size === 1 && rise === 0) return;
  for (const address of window.blocks) {
    const { x, y } = blockPlace(window, address);
    const top = Math.max(0, y - rise);
    const bottom = size === 1 ? y : y + size;
    fillRect(image, { x: content.x + x, y: content.y + top, width: 1, height: bottom - top }, page.marker);
  }
}

/** Ticks above the first row: where blocks begin if a row holds several, else bytes from the row's start. */
function paintTopRuler(image: PixelImage, content: Rect, window: HatchWindow): void {
  const rowBytes = window.columns * window.wordBytes;
  const base = content.y - 2;
  const tick = (bytes: number, text: string, colour: Colour, lastEnd: number): number => {
    const x = content.x + Math.floor((bytes / rowBytes) * content.width);
    const room = x - lastEnd >= 8 && x + textWidth(text) <= content.x + content.width + 40;
    drawLine(image, { x, y: base }, { x, y: base - (room ? 9 : 5) }, colour);
    if (!room) return lastEnd;
    drawText(image, text, x + 3, base - 14, { colour: page.softInk });
    return x + 3 + textWidth(text);
  };
  const style = { colour: page.softInk };
  let lastEnd = Number.NEGATIVE_INFINITY;
  if (window.stride * 2 <= rowBytes) {
    const text = `ruler from the first block: ${countText(window.stride)} bytes from tick to tick`;
    drawText(image, text, content.x, base - 30, style);
    const first = window.blocks[0]! - window.start;
    for (let bytes = first, index = 0; bytes < rowBytes; bytes += window.stride, index++) {
      lastEnd = tick(bytes, `+${countText(index * window.stride)}`, page.marker, lastEnd);
    }
    return;
  }
  drawText(image, 'bytes from the start of a row', content.x, base - 30, style);
  for (let bytes = 0; bytes < rowBytes; bytes += rowBytes / 8) {
    lastEnd = tick(bytes, `+${countText(bytes)}`, page.softInk, lastEnd);
  }
}

function hatchRuler(window: HatchWindow): SideNote[] {
  const notes: SideNote[] = [];
  for (let row = 0; row < window.rows; row += Math.ceil(32 / window.wordPixels)) {
    const text = addressText(window.start + row * window.columns * window.wordBytes);
    const at = row * window.wordPixels;
    notes.push({ at, lines: [{ text, colour: page.softInk }], priority: 0, fixed: true });
  }
  return notes;
}

/** The period ruler along the rows: at which row every so many blocks begin, and how far from the first. */
function blockNotes(window: HatchWindow): SideNote[] {
  const notes: SideNote[] = [];
  const [first] = window.blocks;
  const rowsPerBlock = window.stride / window.wordBytes / window.columns;
  // Steps of 1, 5, 10, 50 … blocks: numbers that can be added up while reading.
  const steps = [1, 5, 10, 50, 100, 500, 1000, 5000, 10_000];
  const step = steps.find((blocks) => blocks * rowsPerBlock * window.wordPixels >= leastTick) ?? 50_000;
  for (let index = 0; index < window.blocks.length; index += step) {
    const address = window.blocks[index]!;
    const at = blockPlace(window, address).y;
    const text = `block ${countText(index)}: +${countText(address - first!)}`;
    notes.push({ at, lines: [{ text, colour: page.ink }], priority: 0, fixed: true });
  }
  return notes;
}

/** `= 16 rows + 16 bytes`: why the hatching slants as it does. */
function slantText(window: HatchWindow): string {
  const rowBytes = window.columns * window.wordBytes;
  const rows = Math.floor(window.stride / rowBytes);
  const rest = window.stride % rowBytes;
  if (rows === 0) return `${(rowBytes / window.stride).toFixed(2)} blocks in a row`;
  return `a block is ${countText(rows)} ${rows === 1 ? 'row' : 'rows'} and ${countText(rest)} bytes`;
}

/** The page of one suspect's hatch. */
export function hatchPage(input: PictureInput, allocation: ReportAllocation): PageSpec {
  const memory = input.memories.at(-1)!;
  const window = hatchWindow(memory, allocation);
  const rowBytes = window.columns * window.wordBytes;
  const pixels = window.wordPixels === 1 ? '1 pixel' : `1 square of ${window.wordPixels}×${window.wordPixels} pixels`;
  const contentHeight = window.rows * window.wordPixels;
  return {
    title: toolTitle(input.report, `Hatch of ${blocksText(input.report, allocation)}`),
    facts: suspectFacts(input.report, allocation),
    contentWidth: window.columns * window.wordPixels,
    contentHeight,
    topHeight,
    left: planSideNotes(hatchRuler(window), { side: 'left', height: contentHeight, scale: 1 }),
    right: planSideNotes(blockNotes(window), { side: 'right', height: contentHeight, scale: 1 }),
    legend: [
      {
        kind: 'text',
        text: `${pixels} = 1 word of ${window.wordBytes} bytes, 1 row = ${bytesText(rowBytes)}; ${slantText(window)}`,
      },
      ...kindLegend,
      { kind: 'colour', colour: page.marker, text: 'start of a block' },
      {
        kind: 'text',
        text: 'Blocks of one size in neat order look hatched. Colours tell kinds of words, never values.',
      },
    ],
    textScale: 1,
    async paint(image, content, pace) {
      await paintWords(image, content, { window, memory, pace });
      paintBorders(image, content, window);
      paintTopRuler(image, content, window);
    },
  };
}

/** The memory where a suspect's blocks lie, word by word. */
export const hatch = {
  id: 'hatch',
  pictures: (input) =>
    drawnSuspects(input.report).map((allocation) => ({
      id: `hatch-${allocation.id}`,
      title: `Hatch of ${blocksText(input.report, allocation)}`,
      description: `Memory word by word where blocks of ${countText(allocation.strideBytes)} bytes lie: the hatching is their period.`,
      draw: (pace) => drawPage(hatchPage(input, allocation), pace),
    })),
} as const satisfies Picture;
