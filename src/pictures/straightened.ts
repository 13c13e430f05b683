import { isHatchPixel } from '../draw/draw-line.ts';
import { notCapturedLine, page } from '../draw/palette.ts';
import { fillRect, type PixelImage, type Rect, setPixel } from '../draw/pixel-image.ts';
import type { Memory } from '../memory/memory.ts';
import type { ReportAllocation } from '../model/leak-report.ts';
import { type BlockRows, blockRows } from './blocks/block-rows.ts';
import {
  fieldMarks,
  fieldMarksHeight,
  fieldNotes,
  offsetRulerHeight,
  paintFieldMarks,
  paintOffsetRuler,
} from './blocks/field-marks.ts';
import { codeOfKinds, kindReader } from './blocks/read-kinds.ts';
import { drawnSuspects, suspectFacts } from './blocks/suspects.ts';
import { drawPage } from './page/draw-page.ts';
import { toolTitle } from './page/facts.ts';
import { codeColours, kindLegend } from './page/kind-colours.ts';
import type { PageSpec, SideNote } from './page/page-types.ts';
import { addressText, bytesText, countText } from './page/size-text.ts';
import type { Picture, PictureInput } from './picture.ts';

/** How blocks become rows of pixels. */
interface Straight {
  readonly rows: BlockRows;
  readonly wordBytes: number;
  /** Words of a row that stand before the block's start, and again behind its end. */
  readonly marginWords: number;
  /** Words of a row, both margins included. */
  readonly wordsPerRow: number;
  /** Words that share a column; 1 unless a block is wider than the picture. */
  readonly wordsPerColumn: number;
  readonly columns: number;
  readonly columnPixels: number;
  readonly rowPixels: number;
  /** Top of each row, pixels from the first; breaks between runs leave a gap. */
  readonly tops: readonly number[];
}

/** Columns of a row: few enough that each can be two pixels wide, for a lone header is one column. */
const mostColumns = 640;
const goodWidth = 1280;
/** What stands before and behind a block is shown too, as a share of it: so its edges are lines inside the picture. */
const marginShare = 1 / 16;
const widestColumn = 20;
const mostRows = 300;
const goodHeight = 600;
const tallestRow = 16;
const breakPixels = 3;
const rulerStep = 40;

function straighten(memory: Memory, allocation: ReportAllocation): Straight {
  const wordBytes = memory.dump.pointerSize;
  const wordsPerBlock = Math.max(1, Math.ceil(allocation.strideBytes / wordBytes));
  let wordsPerColumn = 1;
  while (wordsPerBlock * (1 + marginShare * 2) > mostColumns * wordsPerColumn) wordsPerColumn *= 2;
  const marginColumns = Math.ceil((wordsPerBlock * marginShare) / wordsPerColumn);
  const columns = Math.ceil(wordsPerBlock / wordsPerColumn) + marginColumns * 2;
  const columnPixels = Math.max(1, Math.min(widestColumn, Math.floor(goodWidth / columns)));
  const rows = blockRows(memory, allocation, mostRows);
  const count = rows.addresses.length;
  const rowPixels = Math.max(2, Math.min(tallestRow, Math.floor(goodHeight / count)));
  const tops: number[] = [];
  let top = 0;
  for (let row = 0; row < count; row++) {
    if (rows.breaks.has(row)) top += breakPixels;
    tops.push(top);
    top += rowPixels;
  }
  const marginWords = marginColumns * wordsPerColumn;
  const wordsPerRow = columns * wordsPerColumn;
  return { rows, wordBytes, marginWords, wordsPerRow, wordsPerColumn, columns, columnPixels, rowPixels, tops };
}

function paintBlocks(image: PixelImage, content: Rect, straight: Straight, memory: Memory): void {
  const reader = kindReader(memory);
  const { wordsPerColumn, columnPixels, rowPixels } = straight;
  for (const [row, address] of straight.rows.addresses.entries()) {
    const kinds = reader.kinds(address - straight.marginWords * straight.wordBytes, straight.wordsPerRow);
    for (let column = 0; column < straight.columns; column++) {
      const colour = codeColours[codeOfKinds(kinds, column * wordsPerColumn, (column + 1) * wordsPerColumn)];
      const x = content.x + column * columnPixels;
      const rect = { x, y: content.y + straight.tops[row]!, width: columnPixels, height: rowPixels };
      if (colour) fillRect(image, rect, colour);
      else if (isHatchPixel(rect.x, rect.y)) setPixel(image, rect.x, rect.y, notCapturedLine);
    }
  }
}

function rowNotes(straight: Straight): SideNote[] {
  const notes: SideNote[] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  for (const [row, address] of straight.rows.addresses.entries()) {
    const at = straight.tops[row]! + Math.floor(straight.rowPixels / 2);
    const isStart = row === 0 || straight.rows.breaks.has(row);
    if (!isStart && at - lastAt < rulerStep) continue;
    lastAt = at;
    const text = addressText(address);
    notes.push({ at, lines: [{ text, colour: isStart ? page.ink : page.softInk }], priority: 0, fixed: !isStart });
  }
  return notes;
}

function countNotes(straight: Straight): SideNote[] {
  const notes: SideNote[] = [];
  const step = Math.ceil(rulerStep / straight.rowPixels / 10) * 10;
  for (let row = 0; row < straight.rows.addresses.length; row += step) {
    const at = straight.tops[row]! + Math.floor(straight.rowPixels / 2);
    notes.push({ at, lines: [{ text: `block ${countText(row)}`, colour: page.ink }], priority: 0, fixed: true });
  }
  return notes;
}

const choiceTexts: Record<BlockRows['choice'], string> = {
  'one-run': 'each row begins exactly one stride after the row above',
  'several-runs': 'neighbours stand exactly one stride apart; a gap parts blocks that are not neighbours',
  samples: 'sample blocks of this class from all over the heap: they are not neighbours',
  stepped: 'each row begins exactly one stride after the row above, whatever stands there',
};

/** The page of one suspect's blocks. */
export function straightenedPage(input: PictureInput, allocation: ReportAllocation): PageSpec {
  const memory = input.memories.at(-1)!;
  const straight = straighten(memory, allocation);
  const stride = allocation.strideBytes;
  const marks = fieldMarks(allocation.fields);
  const columnText =
    straight.wordsPerColumn === 1
      ? `1 column = 1 word of ${straight.wordBytes} bytes`
      : `1 column = ${straight.wordsPerColumn} words, ${bytesText(straight.wordsPerColumn * straight.wordBytes)}`;
  const shown = countText(straight.rows.addresses.length);
  return {
    title: toolTitle(input.report, `Straightened ${allocation.id}: one block of ${countText(stride)} bytes per row`),
    facts: [`${shown} blocks: ${choiceTexts[straight.rows.choice]}`, ...suspectFacts(input.report, allocation)],
    contentWidth: straight.columns * straight.columnPixels,
    contentHeight: straight.tops.at(-1)! + straight.rowPixels,
    topHeight: marks.length > 0 ? fieldMarksHeight : offsetRulerHeight,
    left: rowNotes(straight),
    right: countNotes(straight),
    legend: [
      {
        kind: 'text',
        text: `${columnText}; 1 row = 1 block of ${countText(stride)} bytes; pink: start and end of the block`,
      },
      ...kindLegend,
      {
        kind: 'text',
        text: 'Upright lines prove the period: the same field stands at the same offset in every block. Slanted lines would disprove it.',
      },
    ],
    notes: fieldNotes(marks),
    textScale: 1,
    paint: (image, content) => {
      paintBlocks(image, content, straight, memory);
      const scale = {
        x: content.x + (straight.marginWords / straight.wordsPerColumn) * straight.columnPixels,
        pixelsPerByte: straight.columnPixels / (straight.wordsPerColumn * straight.wordBytes),
      };
      paintFieldMarks(image, content, marks, scale);
      paintOffsetRuler(image, content, stride, scale);
    },
  };
}

/** A suspect's blocks below each other: what repeats with the period stands upright. */
export const straightened = {
  id: 'straightened',
  pictures: (input) =>
    drawnSuspects(input.report).map((allocation) => ({
      id: `straightened-${allocation.id}`,
      title: `Straightened ${allocation.id}`,
      description: `One block of ${countText(allocation.strideBytes)} bytes per row: headers and fields stand as upright lines.`,
      draw: () => drawPage(straightenedPage(input, allocation)),
    })),
} as const satisfies Picture;
