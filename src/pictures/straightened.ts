import { page } from '../draw/palette.ts';
import type { PixelImage, Rect } from '../draw/pixel-image.ts';
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
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
import { paintCodes } from './blocks/paint-codes.ts';
import { codeOfKinds, codesOfKinds, type KindReader, kindReader } from './blocks/read-kinds.ts';
import { blocksText, drawnSuspects, suspectFacts } from './blocks/suspects.ts';
import { drawPage } from './page/draw-page.ts';
import { toolTitle } from './page/facts.ts';
import { kindLegend } from './page/kind-colours.ts';
import type { PageSpec, SideNote } from './page/page-types.ts';
import { planSideNotes } from './page/side-notes.ts';
import { addressText, bytesText, countText } from './page/size-text.ts';
import type { Pace, Picture, PictureInput } from './picture.ts';

/** How blocks become rows of pixels. */
interface Straight {
  readonly rows: BlockRows;
  readonly wordBytes: number;
  /** Words of a row that stand before the block's start, and again behind its end. */
  readonly marginWords: number;
  /** Words that share a column; 1 unless a block is wider than the picture. */
  readonly wordsPerColumn: number;
  /** The first words of each column, which are looked at; all of them unless blocks are huge. */
  readonly wordsRead: number;
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
/** Height of a gap between rows: low where there are many, none where nearly every row would have one. */
const gapPixels = 3;
const manyGaps = 24;
const rulerStep = 40;
/** Blocks of megabytes are looked at in samples and in fewer rows, so that a picture never takes a minute. */
const mostWordsRead = 512;
const mostBytesRead = 96 << 20;
const leastRows = 12;

function straighten(memory: Memory, allocation: ReportAllocation): Straight {
  const wordBytes = memory.dump.pointerSize;
  const wordsPerBlock = Math.max(1, Math.ceil(allocation.strideBytes / wordBytes));
  let wordsPerColumn = 1;
  while (wordsPerBlock * (1 + marginShare * 2) > mostColumns * wordsPerColumn) wordsPerColumn *= 2;
  const marginColumns = Math.ceil((wordsPerBlock * marginShare) / wordsPerColumn);
  const columns = Math.ceil(wordsPerBlock / wordsPerColumn) + marginColumns * 2;
  const columnPixels = Math.max(1, Math.min(widestColumn, Math.floor(goodWidth / columns)));
  const wordsRead = Math.min(wordsPerColumn, mostWordsRead);
  const affordable = Math.floor(mostBytesRead / (columns * wordsRead * wordBytes));
  const rows = blockRows(memory, allocation, Math.min(mostRows, Math.max(leastRows, affordable)));
  const count = rows.addresses.length;
  const rowPixels = Math.max(2, Math.min(tallestRow, Math.floor(goodHeight / count)));
  const fewOrMany = rows.breaks.size > manyGaps ? 1 : gapPixels;
  const gap = rows.choice === 'scattered' ? 0 : fewOrMany;
  const tops: number[] = [];
  let top = 0;
  for (let row = 0; row < count; row++) {
    if (rows.breaks.has(row)) top += gap;
    tops.push(top);
    top += rowPixels;
  }
  const marginWords = marginColumns * wordsPerColumn;
  return { rows, wordBytes, marginWords, wordsPerColumn, wordsRead, columns, columnPixels, rowPixels, tops };
}

/** One cell code per column of the row whose block begins at `address`. */
function rowCodes(reader: KindReader, straight: Straight, address: Address): Uint8Array {
  const { wordsPerColumn, wordsRead, wordBytes, columns } = straight;
  const from = address - straight.marginWords * wordBytes;
  if (wordsRead === wordsPerColumn) {
    return codesOfKinds(reader.kinds(from, columns * wordsPerColumn), wordsPerColumn);
  }
  return Uint8Array.from({ length: columns }, (_, column) =>
    codeOfKinds(reader.kinds(from + column * wordsPerColumn * wordBytes, wordsRead), 0, wordsRead),
  );
}

async function paintBlocks(
  image: PixelImage,
  content: Rect,
  { straight, memory, pace }: { readonly straight: Straight; readonly memory: Memory; readonly pace: Pace },
): Promise<void> {
  const reader = kindReader(memory);
  const { wordsPerColumn, columnPixels, rowPixels, wordBytes, marginWords } = straight;
  for (const [row, address] of straight.rows.addresses.entries()) {
    const y = content.y + straight.tops[row]!;
    const cell = { x: content.x, y, width: columnPixels, height: rowPixels };
    paintCodes(image, cell, rowCodes(reader, straight, address), (column) =>
      reader.isMapped(address + (column * wordsPerColumn - marginWords) * wordBytes),
    );
    await pace();
  }
}

function rowNotes(straight: Straight): SideNote[] {
  const notes: SideNote[] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  for (const [row, address] of straight.rows.addresses.entries()) {
    const at = straight.tops[row]! + Math.floor(straight.rowPixels / 2);
    if (at - lastAt < rulerStep) continue;
    lastAt = at;
    notes.push({ at, lines: [{ text: addressText(address), colour: page.softInk }], priority: 0, fixed: true });
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
  'with-gaps': 'neighbours stand exactly one stride apart; gaps stand for other memory between blocks',
  scattered: 'blocks of this class in order of address; other memory lies between most of them',
  stepped: 'each row begins exactly one stride after the row above, whatever stands there',
};

function columnText({ wordsPerColumn, wordsRead, wordBytes }: Straight): string {
  if (wordsPerColumn === 1) return `1 column = 1 word of ${wordBytes} bytes`;
  const text = `1 column = ${countText(wordsPerColumn)} words, ${bytesText(wordsPerColumn * wordBytes)}`;
  return wordsRead === wordsPerColumn
    ? text
    : `${text}, of which the first ${bytesText(wordsRead * wordBytes)} are shown`;
}

/** The page of one suspect's blocks. */
export function straightenedPage(input: PictureInput, allocation: ReportAllocation): PageSpec {
  const memory = input.memories.at(-1)!;
  const straight = straighten(memory, allocation);
  const stride = allocation.strideBytes;
  const marks = fieldMarks(allocation.fields);
  const shown = countText(straight.rows.addresses.length);
  const contentHeight = straight.tops.at(-1)! + straight.rowPixels;
  return {
    title: toolTitle(input.report, `Straightened ${blocksText(input.report, allocation)}, one per row`),
    facts: [`${shown} blocks: ${choiceTexts[straight.rows.choice]}`, ...suspectFacts(input.report, allocation)],
    contentWidth: straight.columns * straight.columnPixels,
    contentHeight,
    topHeight: marks.length > 0 ? fieldMarksHeight : offsetRulerHeight,
    left: planSideNotes(rowNotes(straight), { side: 'left', height: contentHeight, scale: 1 }),
    right: planSideNotes(countNotes(straight), { side: 'right', height: contentHeight, scale: 1 }),
    legend: [
      {
        kind: 'text',
        text: `${columnText(straight)}; 1 row = 1 block of ${countText(stride)} bytes; pink: start and end of the block`,
      },
      ...kindLegend,
      {
        kind: 'text',
        text: 'Upright lines prove the period: the same field stands at the same offset in every block. Slanted lines would disprove it.',
      },
    ],
    notes: fieldNotes(marks),
    textScale: 1,
    async paint(image, content, pace) {
      await paintBlocks(image, content, { straight, memory, pace });
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
      title: `Straightened ${blocksText(input.report, allocation)}`,
      description: `One block of ${countText(allocation.strideBytes)} bytes per row: headers and fields stand as upright lines.`,
      draw: (pace) => drawPage(straightenedPage(input, allocation), pace),
    })),
} as const satisfies Picture;
