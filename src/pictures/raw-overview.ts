import type { PixelDepth } from '../draw/encode/bmp-header.ts';
import { rgbOfPixels } from '../draw/encode/raw-rows.ts';
import type { Memory } from '../memory/memory.ts';
import { drawnDumps } from './drawn-dumps.ts';
import { type CellBand, cellAddress, type Layout, layoutOf } from './layout.ts';
import { type CellFiller, nothing } from './page/cell-colours.ts';
import { drawPage } from './page/draw-page.ts';
import { dumpFacts, dumpTitle } from './page/facts.ts';
import { memoryPage } from './page/memory-page.ts';
import { contentsWarning, type PageSpec } from './page/page-types.ts';
import { bytesText } from './page/size-text.ts';
import type { DrawnPicture, Pace, PictureInput } from './picture.ts';

/** Bytes of a cell that are looked at; of larger cells the first ones stand for all. */
const mostBytes = 256;

/** Cells that are read before giving way is thought of. */
const cellsAtOnce = 4096;

async function coloursOf(
  layout: Layout,
  band: CellBand,
  {
    memory,
    dump,
    depth,
    pace,
  }: {
    readonly memory: Memory;
    readonly dump: number;
    readonly depth: PixelDepth;
    readonly pace: Pace;
  },
): Promise<CellFiller> {
  const presence = band.story.track.presence[dump];
  if (!presence) return (target) => target.fill(nothing);
  const bytes = new Uint8Array(Math.min(mostBytes, layout.bytesPerCell));
  const colours = new Int32Array(band.cellCount);
  for (let cell = 0; cell < colours.length; cell++) {
    const got = memory.read(cellAddress(layout, band, cell) - presence.shift, bytes);
    colours[cell] = brightest(rgbOfPixels(bytes.subarray(0, got), depth));
    if (cell % cellsAtOnce === 0) await pace();
  }
  return (target, first) => target.set(colours.subarray(first, first + target.length));
}

/** The brightest of a cell's pixels: a mean would drown a lone header in the zeros around it. */
function brightest(rgb: Uint8Array): number {
  let colour = nothing;
  let most = -1;
  for (let at = 0; at < rgb.length; at += 3) {
    const sum = rgb[at]! + rgb[at + 1]! + rgb[at + 2]!;
    if (sum <= most) continue;
    most = sum;
    colour = (rgb[at]! << 16) | (rgb[at + 1]! << 8) | rgb[at + 2]!;
  }
  return colour;
}

/** The page of one dump as its bytes look; says that it holds them. */
export function rawOverviewPage(input: PictureInput, dump: number, depth: PixelDepth): PageSpec {
  const layout = layoutOf(input);
  const memory = input.memories[dump]!;
  const shown =
    layout.bytesPerCell <= mostBytes
      ? 'all'
      : `the first ${bytesText(mostBytes)} of the ${bytesText(layout.bytesPerCell)}`;
  const spec = memoryPage(layout, {
    title: dumpTitle(input.report, `Raw bytes at ${depth} bits per pixel`, dump),
    facts: dumpFacts(input.report, dump),
    legend: [
      {
        kind: 'text',
        text: `The bytes' own values as pixels of ${depth} bits, the brightest pixel of ${shown} that a cell holds.`,
      },
      { kind: 'not-captured', text: 'mapped, not captured' },
      { kind: 'not-mapped', text: 'not mapped' },
    ],
    dump,
    coloursOf: (band, pace) => coloursOf(layout, band, { memory, dump, depth, pace }),
  });
  return { ...spec, warning: contentsWarning };
}

/**
 * Each dump in the look of Dump2Picture, in the rows of all other pictures. Not one of the pictures of a report: they
 * show memory contents, so they are made only when asked for and never embedded.
 */
export function rawOverviews(input: PictureInput, depth: PixelDepth): DrawnPicture[] {
  return drawnDumps(input.report.dumps.length).map((index) => ({
    id: `raw-overview-${index + 1}`,
    title: `Raw bytes, dump ${index + 1}`,
    description: `The bytes of ${input.report.dumps[index]!.path} as pixels of ${depth} bits: contains memory contents.`,
    draw: (pace) => drawPage(rawOverviewPage(input, index, depth), pace),
  }));
}
