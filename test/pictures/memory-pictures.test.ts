import { describe, expect, it } from 'vitest';
import { heat, kindColours, notCapturedLine, page, zeroColour } from '../../src/draw/palette.ts';
import { type Colour, type PixelImage, pixelAt } from '../../src/draw/pixel-image.ts';
import type { Address } from '../../src/model/address.ts';
import { cellAbsent } from '../../src/model/cell-map.ts';
import { growthHeatmapPage } from '../../src/pictures/growth-heatmap.ts';
import { growthRingsPage, ringColour } from '../../src/pictures/growth-rings.ts';
import { type CellBand, layoutOf, rowAddress } from '../../src/pictures/layout.ts';
import { overviewPage } from '../../src/pictures/overview.ts';
import { drawPage } from '../../src/pictures/page/draw-page.ts';
import type { PageSpec } from '../../src/pictures/page/page-types.ts';
import { planPage } from '../../src/pictures/page/plan-page.ts';
import { planSideNotes } from '../../src/pictures/page/side-notes.ts';
import type { PictureInput } from '../../src/pictures/picture.ts';
import { rawOverviewPage, rawOverviews } from '../../src/pictures/raw-overview.ts';
import { zeroFillChangePage, zeroFillPage } from '../../src/pictures/zero-fill.ts';
import { rgbOf } from '../draw/rgb-of.ts';
import { crowdedPictureInput } from '../synth/crowded-input.ts';
import { arenaStart, blockStride, heapPrefix, heapStart } from '../synth/leaky-process.ts';
import { pace } from '../synth/pace.ts';
import { synthPictureInput } from '../synth/picture-input.ts';
import { misplacedTexts } from './boxes.ts';

const input = synthPictureInput();
const mb = 1 << 20;
/** Addresses in the heap by the dump in which they are mapped first; the middle of a block, all zero. */
const zeroSince = [0.6, 1.6, 4].map((megabytes) => {
  const block = Math.floor((megabytes * mb - heapPrefix) / blockStride);
  return heapStart + heapPrefix + block * blockStride + blockStride / 2;
});

interface Drawn {
  readonly image: PixelImage;
  readonly at: (address: Address) => Colour;
}

/** Draws a page; `at` looks up an address by the rule that the legend states. */
async function draw(spec: PageSpec, of: PictureInput): Promise<Drawn> {
  const layout = layoutOf(of);
  const { content } = planPage(spec);
  const image = await drawPage(spec, pace);
  const at = (address: Address) => {
    const holds = (band: CellBand) =>
      address >= rowAddress(layout, band, 0) &&
      address < rowAddress(layout, band, 0) + band.cellCount * layout.bytesPerCell;
    const band = layout.bands.find((candidate) => candidate.kind === 'cells' && holds(candidate)) as CellBand;
    const cell = Math.floor((address - rowAddress(layout, band, 0)) / layout.bytesPerCell);
    const row = Math.floor(cell / layout.columns);
    const x = content.x + (cell - row * layout.columns) * layout.cellWidth;
    return pixelAt(image, x, content.y + band.top + row * layout.cellHeight);
  };
  return { image, at };
}

/** 0 where the colours point the same way from zero, as a share; brightness does not count. */
function hueDifference(colour: Colour, wanted: Colour): number {
  const strength = (of: Colour) => Math.hypot(...of.map((channel, index) => channel - zeroColour[index]!));
  const [a, b] = [colour, wanted].map((of) =>
    of.map((channel, index) => (channel - zeroColour[index]!) / strength(of)),
  );
  return Math.hypot(...a!.map((channel, index) => channel - b![index]!));
}

describe('the overview', async () => {
  const dumps = await Promise.all([0, 1, 2].map((dump) => draw(overviewPage(input, dump), input)));

  it('is dark where memory is zero, and paper where it is not mapped yet', () => {
    for (const [since, address] of zeroSince.entries()) {
      for (const [dump, drawn] of dumps.entries()) {
        expect(drawn.at(address)).toEqual(dump < since ? page.paper : zeroColour);
      }
    }
  });

  it('shows the header of every block in the colour of small numbers', () => {
    for (let block = 1; block < 60; block += 7) {
      const colour = dumps[2]!.at(heapStart + heapPrefix + block * blockStride + 8);
      expect(hueDifference(colour, kindColours['small-integer'])).toBeLessThan(0.05);
    }
  });

  it('never draws what was not captured like zero', async () => {
    const secret = 0x7f3c2a000000;
    const tracks = input.cellMap.tracks.map((track) => {
      if (track.start !== secret) return track;
      const nothing = new Uint8Array(track.cellCount).fill(cellAbsent);
      return { ...track, cells: [nothing, nothing.map((code, cell) => (cell % 512 === 0 ? 0 : code)), nothing] };
    });
    const partly = { ...input, cellMap: { ...input.cellMap, tracks } };
    const [without, withZeros] = await Promise.all([0, 1].map((dump) => draw(overviewPage(partly, dump), partly)));
    expect(withZeros!.at(secret)).toEqual(zeroColour);
    const seen = new Set<string>();
    for (let offset = 0; offset < 600 * 1024; offset += 16) seen.add(without!.at(secret + offset).join());
    expect(seen).toEqual(new Set([page.paper.join(), notCapturedLine.join()]));
  });
});

describe('the growth heatmap', async () => {
  const drawn = await draw(growthHeatmapPage(input), input);

  it('is pale where nothing grew, dark where zero memory came, bright where it was filled', () => {
    const [old, second, third] = zeroSince.map((address) => drawn.at(address));
    expect(Math.min(...old!)).toBeGreaterThan(190);
    expect([second, third]).toEqual([heat(0), heat(0)]);
    expect(drawn.at(arenaStart + 4096 + 64)[0]).toBeGreaterThan(200);
  });
});

describe('growth rings', () => {
  it('have the colour of the dump in which memory came, weaker while it is zero', async () => {
    const drawn = await draw(growthRingsPage(input), input);
    for (const [dump, address] of zeroSince.entries()) {
      const colour = drawn.at(address);
      expect(hueDifference(colour, ringColour(dump, 3))).toBeLessThan(0.1);
      expect(Math.max(...colour)).toBeLessThan(Math.max(...ringColour(dump, 3)) * 0.7);
    }
    expect(drawn.at(arenaStart + 2048 + 16)).toEqual(ringColour(1, 3));
  });
});

describe('zero fill', () => {
  it('is darkest where all is zero', async () => {
    const drawn = await draw(zeroFillPage(input, 2), input);
    expect(drawn.at(zeroSince[2]!)).toEqual(zeroColour);
    const brightness = Array.from({ length: 200 }, (_, tile) => Math.max(...drawn.at(arenaStart + 4096 + tile * 64)));
    expect(brightness.reduce((sum, value) => sum + value, 0) / 200).toBeGreaterThan(60);
  });

  it('turns blue in the change where zero memory came, and stays grey where nothing did', async () => {
    const drawn = await draw(zeroFillChangePage(input), input);
    const [red, , blue] = drawn.at(zeroSince[2]!);
    expect(blue).toBeGreaterThan(red * 3);
    const [oldRed, , oldBlue] = drawn.at(zeroSince[0]!);
    expect(Math.abs(oldRed - oldBlue)).toBeLessThan(10);
  });
});

describe('texts', () => {
  const crowded = crowdedPictureInput(150);
  const specs: [string, PageSpec][] = [
    ...[0, 1, 2].map((dump): [string, PageSpec] => [`overview ${dump + 1}`, overviewPage(input, dump)]),
    ['growth heatmap', growthHeatmapPage(input)],
    ['growth rings', growthRingsPage(input)],
    ['zero fill', zeroFillPage(input, 0)],
    ['change of zero fill', zeroFillChangePage(input)],
    ['overview of a crowd', overviewPage(crowded, 2)],
    ['rings of a crowd', growthRingsPage(crowded)],
    ['wide overview', overviewPage({ ...input, width: 2048 }, 2)],
    ['narrow overview', overviewPage({ ...input, width: 64 }, 2)],
  ];

  it.each(specs)('of the %s never overlap', (_, spec) => {
    expect(misplacedTexts(planPage(spec))).toEqual([]);
  });

  it('say what each region is and how it grew', () => {
    const texts = planPage(overviewPage(input, 1)).texts.map(({ text }) => text);
    expect(texts).toContain('▲ +4 MB  heap [heap]');
    expect(texts).toContain('mapped 1 MB → 2.50 MB → 5 MB');
    expect(texts).toContain('0x55d0c9c2a000');
    expect(texts[0]).toBe('leakviz 0.0.0 · Overview · dump 2 of 3: service-2.core');
    expect(texts[1]).toMatch(/^2026-03-01 14:03:00 UTC · service \(process 4711\), x64 · mapped 5\.\d+ MB · captured/);
  });

  it('speak of small neighbours together where each has no room for its own', () => {
    const texts = planPage(overviewPage(crowded, 2)).texts.filter(({ role }) => role === 'right');
    expect(texts[0]!.text).toMatch(/^▲ \+\d\.\d+ MB {2}\d{2,3} regions \((heap, private|private, heap)\)$/);
    const counts = texts.map(({ text }) => Number(/(\d+) regions/.exec(text)?.[1] ?? 0));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100);
  });
});

describe('notes beside the content', () => {
  const notes = Array.from({ length: 40 }, (_, index) => ({
    at: index * 5,
    lines: [{ text: `note ${index}`, colour: page.ink }],
    priority: index,
  }));

  it('give up those of lowest priority, and say how many', () => {
    const { texts } = planSideNotes(notes, { side: 'right', height: 200, scale: 1 });
    expect(texts.at(-1)!.text).toMatch(/^and \d\d more without room for a label$/);
    const shown = texts.slice(0, -1).map(({ text }) => Number(text.slice(5)));
    expect(Math.min(...shown)).toBe(40 - shown.length);
  });
});

describe('a dump of another run, whose memory lies elsewhere', () => {
  const distance = 0x5000_0000;
  /** Half of what the first dump maps was not captured. */
  const partial: PictureInput = {
    ...input,
    cellMap: {
      ...input.cellMap,
      tracks: input.cellMap.tracks.map((track) => ({
        ...track,
        cells: track.cells.map((codes) => codes.map((code, cell) => (cell % 512 < 256 ? cellAbsent : code))),
      })),
    },
  };
  const moved: PictureInput = {
    ...partial,
    tracks: input.tracks.map((track) => {
      const [first, ...others] = track.presence;
      if (!first) return track;
      const pieces = first.pieces.map(({ start, end }) => ({ start: start - distance, end: end - distance }));
      return { ...track, presence: [{ ...first, pieces, shift: distance }, ...others] };
    }),
    memories: [
      { ...input.memories[0]!, read: (address, into) => input.memories[0]!.read(address + distance, into) },
      ...input.memories.slice(1),
    ],
  };

  it.each([
    ['overview', (of: PictureInput) => overviewPage(of, 0)],
    ['zero fill', (of: PictureInput) => zeroFillPage(of, 0)],
    ['raw overview', (of: PictureInput) => rawOverviewPage(of, 0, 24)],
  ])('stands in the same rows: %s', async (_, pageOf) => {
    const [here, there] = await Promise.all([partial, moved].map((of) => drawPage(pageOf(of), pace)));
    expect(Buffer.compare(rgbOf(there!), rgbOf(here!))).toBe(0);
  });
});

it.each([
  ['zero fill', zeroFillPage(input, 1)],
  ['its change', zeroFillChangePage(input)],
  ['growth heatmap', growthHeatmapPage(input)],
])('a scale leaves room for frames and text among the colours that a byte tells apart: %s', (_, { legend }) => {
  const scales = legend.flatMap((entry) => (entry.kind === 'scale' ? [entry.scale] : []));
  expect(scales).toHaveLength(1);
  const shares = Array.from({ length: 10_001 }, (_, index) => index / 10_000);
  const colours = new Set(shares.map((share) => scales[0]!(share).join()));
  expect(colours.size).toBeGreaterThan(100);
  expect(colours.size).toBeLessThan(230);
});

it('draws the raw bytes of no more dumps than the overviews', () => {
  const input = synthPictureInput();
  const dumps = Array.from({ length: 50 }, () => input.report.dumps[0]!);
  const ids = rawOverviews({ ...input, report: { ...input.report, dumps } }, 24).map(({ id }) => id);
  expect(ids).toHaveLength(12);
  expect([ids[0], ids.at(-1)]).toEqual(['raw-overview-1', 'raw-overview-50']);
});
