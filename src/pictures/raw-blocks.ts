import type { PixelDepth } from '../draw/encode/bmp-header.ts';
import { rgbOfPixels } from '../draw/encode/raw-rows.ts';
import { page } from '../draw/palette.ts';
import { setPixel } from '../draw/pixel-image.ts';
import type { Address } from '../model/address.ts';
import type { ReportAllocation } from '../model/leak-report.ts';
import { blockRows } from './blocks/block-rows.ts';
import { blocksText, drawnSuspects, suspectFacts } from './blocks/suspects.ts';
import { drawPage } from './page/draw-page.ts';
import { toolTitle } from './page/facts.ts';
import { contentsWarning, type PageSpec, type SideNote } from './page/page-types.ts';
import { planSideNotes } from './page/side-notes.ts';
import { addressText, countText } from './page/size-text.ts';
import type { DrawnPicture, PictureInput } from './picture.ts';

const mostRows = 600;
/** Wider pictures no viewer shows at once; of larger blocks the beginning stands for all. */
const mostColumns = 2048;
const rulerStep = 40;

function rowNotes(addresses: readonly Address[]): SideNote[] {
  return addresses.flatMap((address, row) =>
    row % rulerStep === 0
      ? [{ at: row, lines: [{ text: addressText(address), colour: page.softInk }], priority: 0, fixed: true }]
      : [],
  );
}

function rawBlocksPage(input: PictureInput, allocation: ReportAllocation, depth: PixelDepth): PageSpec {
  const memory = input.memories.at(-1)!;
  const pixelBytes = depth / 8;
  const columns = Math.min(mostColumns, Math.ceil(allocation.strideBytes / pixelBytes));
  const { addresses } = blockRows(memory, allocation, mostRows);
  const shown = Math.min(allocation.strideBytes, columns * pixelBytes);
  const part = shown < allocation.strideBytes ? `, of which the first ${countText(shown)} are shown` : '';
  const column = { height: addresses.length, scale: 1 };
  return {
    title: toolTitle(input.report, `Raw bytes of ${blocksText(input.report, allocation)} at ${depth} bits per pixel`),
    warning: contentsWarning,
    facts: suspectFacts(input.report, allocation),
    contentWidth: columns,
    contentHeight: addresses.length,
    left: planSideNotes(rowNotes(addresses), { ...column, side: 'left' }),
    right: planSideNotes([], { ...column, side: 'right' }),
    legend: [
      {
        kind: 'text',
        text: `1 pixel = ${pixelBytes === 1 ? '1 byte' : `${pixelBytes} bytes`} as they stand in memory; 1 row = 1 block of ${countText(allocation.strideBytes)} bytes${part}.`,
      },
    ],
    textScale: 1,
    async paint(image, content, pace) {
      const bytes = new Uint8Array(Math.ceil(shown / pixelBytes) * pixelBytes);
      for (const [row, address] of addresses.entries()) {
        const rgb = rgbOfPixels(bytes.subarray(0, memory.read(address, bytes)), depth);
        for (let at = 0; at < rgb.length; at += 3) {
          setPixel(image, content.x + at / 3, content.y + row, [rgb[at]!, rgb[at + 1]!, rgb[at + 2]!]);
        }
        await pace();
      }
    },
  };
}

/** Blocks of each suspect below each other, pixel by pixel as Dump2Picture shows memory. Made only when asked for. */
export function rawBlocks(input: PictureInput, depth: PixelDepth): DrawnPicture[] {
  return drawnSuspects(input.report).map((allocation) => ({
    id: `raw-blocks-${allocation.id}`,
    title: `Raw bytes of ${blocksText(input.report, allocation)}`,
    description: `Blocks of ${countText(allocation.strideBytes)} bytes as pixels of ${depth} bits: contains memory contents.`,
    draw: (pace) => drawPage(rawBlocksPage(input, allocation, depth), pace),
  }));
}
