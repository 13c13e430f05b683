import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchRegions } from '../../src/compare/match-regions.ts';
import { openKernels } from '../../src/kernels/open-kernels.ts';
import { planCells } from '../../src/scan/cell-plan.ts';
import { newPacer } from '../../src/scan/pacer.ts';
import { planPages } from '../../src/scan/page-plan.ts';
import { scanParts } from '../../src/scan/scan-parts.ts';
import { newScanner, scanPageBytes } from '../../src/scan/scan-stretch.ts';
import { scanTracks } from '../../src/scan/scan-tracks.ts';
import { addMeasure, newTrackMeasure } from '../../src/scan/track-measure.ts';
import { fakeMemory } from '../synth/fake-memory.ts';
import { randomNumbers } from '../synth/leaky-process.ts';

const page = 4096;

const tracks = fc
  .array(
    fc.record({
      gap: fc.nat(1 << 20),
      log: fc.integer({ min: 3, max: 47 }),
      share: fc.double({ min: 0.5, max: 1, noNaN: true }),
    }),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((sizes) => {
    let at = 0x10_0000;
    return sizes.map(({ gap, log, share }) => {
      const start = at + gap;
      at = start + Math.ceil(2 ** log * share);
      return { start, end: at };
    });
  });

test('parts hold every track once, in order, meet on the granule, and are few', () => {
  fc.assert(
    fc.property(tracks, fc.constantFrom(page, 65536, 2 ** 21), (all, granule) => {
      const parts = [...scanParts(all, granule)];
      const stretches = parts.flat();
      const order = stretches.map(({ track }) => track);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      for (const [track, { start, end }] of all.entries()) {
        const own = stretches.filter((stretch) => stretch.track === track);
        expect([own[0]!.start, own.at(-1)!.end]).toEqual([start, end]);
        const cuts = own.slice(0, -1).map((stretch) => stretch.end);
        expect(own.slice(1).map((stretch) => stretch.start)).toEqual(cuts);
        expect(cuts.filter((cut) => cut % granule !== 0)).toEqual([]);
        expect(own.filter((stretch) => stretch.end <= stretch.start)).toEqual([]);
      }
      expect(parts.length).toBeLessThanOrEqual(2 ** 14 + all.length + 1);
    }),
    { numRuns: 20 },
  );
});

test.each([8, 256, page, 64 * page])(
  'parts scanned in any order give what one scan gives; %i bytes a cell',
  async (bytesPerCell) => {
    const random = randomNumbers(bytesPerCell);
    const regions = [
      { start: 0x10_0000 + 0x800, bytes: new Uint8Array(18 << 20) },
      { start: 0x200_0000, bytes: new Uint8Array(40 << 20) },
    ];
    const memories = Array.from({ length: 3 }, () => {
      for (const { bytes } of regions) {
        for (let change = 0; change < 300; change++) bytes[Math.floor(random() * bytes.length)] = random() * 256;
        // On both sides of every cut.
        for (let at = 0; at < bytes.length; at += 1 << 20) bytes.fill(random() * 256, at - 2 * page, at + 2 * page);
      }
      return fakeMemory(regions.map(({ start, bytes }) => ({ start, bytes: bytes.slice() })));
    });
    const plan = () => {
      const followed = matchRegions(memories.map(({ dump }) => dump));
      const cellMap = planCells(followed, { bytesPerCell });
      const pageMap = planPages(followed, new Set(followed.map(({ id }) => id)), scanPageBytes(memories));
      return { tracks: followed, memories, cellMap, pageMap };
    };
    const whole = plan();
    const measures = await scanTracks({ ...whole, pacer: newPacer(undefined, () => undefined) });
    const cut = plan();
    const scan = newScanner(cut, openKernels);
    const stretches = [...scanParts(cut.tracks, Math.max(page, bytesPerCell))].flat();
    const found = stretches.toReversed().map((stretch) => {
      const measure = newTrackMeasure(memories.length);
      for (const _ of scan(stretch, measure));
      return { track: stretch.track, measure };
    });
    const sums = cut.tracks.map(() => newTrackMeasure(memories.length));
    for (const { track, measure } of found.toReversed()) addMeasure(sums[track]!, measure);
    expect(stretches.length).toBeGreaterThan(4);
    expect(sums).toEqual(measures);
    for (const [index, { cells }] of whole.cellMap.tracks.entries()) {
      expect(cells.map((own, dump) => Buffer.compare(own, cut.cellMap.tracks[index]!.cells[dump]!))).toEqual([0, 0, 0]);
    }
    for (const [index, { pages }] of whole.pageMap.tracks.entries()) {
      expect(pages.map((own, dump) => Buffer.compare(own, cut.pageMap.tracks[index]!.pages[dump]!))).toEqual([0, 0, 0]);
    }
  },
);
