import { hexColour, mixColours } from '../draw/colour-scale.ts';
import { plasma, zeroColour } from '../draw/palette.ts';
import { type Colour, packColour } from '../draw/pixel-image.ts';
import { cellAbsent } from '../model/cell-map.ts';
import { type CellBand, layoutOf } from './layout.ts';
import { type CellFiller, nothing } from './page/cell-colours.ts';
import { drawPage } from './page/draw-page.ts';
import { seriesFacts, seriesTitle } from './page/facts.ts';
import { memoryPage } from './page/memory-page.ts';
import type { LegendItem, PageSpec } from './page/page-types.ts';
import type { Picture, PictureInput } from './picture.ts';

/** What was there from the start: quiet, so that what came later stands out. */
const oldest = hexColour('#8a94a6');
/** Strength of a cell that has only ever been zero. */
const zeroStrength = 0.5;
const youngest = 0.95;
const secondOldest = 0.35;
/** More dumps than this are told by a scale instead of one colour each. */
const mostSwatches = 8;

/** Colour of a dump in capture order, 0 being the first. */
export function ringColour(dump: number, dumpCount: number): Colour {
  if (dump === 0) return oldest;
  const later = dumpCount - 2;
  return plasma(later <= 0 ? 0.8 : secondOldest + ((youngest - secondOldest) * (dump - 1)) / later);
}

function coloursOf(band: CellBand, ringColours: readonly Colour[]): CellFiller {
  const dumps = band.cells.cells;
  const full = ringColours.map(packColour);
  const weak = ringColours.map((colour) => packColour(mixColours(zeroColour, colour, zeroStrength)));
  return (colours, first) => {
    const from = band.firstCell + first;
    for (let cell = 0; cell < colours.length; cell++) {
      let colour = nothing;
      for (let dump = 0; dump < dumps.length; dump++) {
        const code = dumps[dump]![from + cell]!;
        if (code === cellAbsent) continue;
        if (code !== 0) {
          colour = full[dump]!;
          break;
        }
        if (colour === nothing) colour = weak[dump]!;
      }
      colours[cell] = colour;
    }
  };
}

function ringLegend(colours: readonly Colour[]): LegendItem[] {
  const count = colours.length;
  const items: LegendItem[] = [
    {
      kind: 'text',
      text: 'Each cell in the colour of the dump in which it first held data; dark: mapped then, but still all zero.',
    },
  ];
  if (count > mostSwatches) {
    items.push({ kind: 'colour', colour: colours[0]!, text: 'dump 1' });
    const scale = (share: number) => colours[1 + Math.round(share * (count - 2))]!;
    items.push({ kind: 'scale', scale, low: 'dump 2', high: `dump ${count}` });
  } else {
    for (const [dump, colour] of colours.entries()) {
      const still = mixColours(zeroColour, colour, zeroStrength);
      items.push({ kind: 'colour', colour: still, text: '' }, { kind: 'colour', colour, text: `dump ${dump + 1}` });
    }
  }
  return items;
}

export function growthRingsPage(input: PictureInput): PageSpec {
  const count = input.report.dumps.length;
  const colours = Array.from({ length: count }, (_, dump) => ringColour(dump, count));
  return memoryPage(layoutOf(input), {
    title: seriesTitle(input.report, 'Growth rings'),
    facts: seriesFacts(input.report),
    legend: ringLegend(colours),
    dump: count - 1,
    coloursOf: (band) => coloursOf(band, colours),
  });
}

/** How memory came about, dump by dump, like the rings of a tree. */
export const growthRings = {
  id: 'growth-rings',
  pictures: (input) => [
    {
      id: 'growth-rings',
      title: 'Growth rings',
      description: 'Each cell has the colour of the dump in which it was first populated: a leak adds ring after ring.',
      draw: (pace) => drawPage(growthRingsPage(input), pace),
    },
  ],
} as const satisfies Picture;
