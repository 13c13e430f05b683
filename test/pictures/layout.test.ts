import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CellMap, cellAbsent, cellCode, cellKind, cellNonZeroShare } from '../../src/model/cell-map.ts';
import { coarsenCells } from '../../src/pictures/layout/coarsen-cells.ts';
import { type CellBand, layoutOf, rowAddress } from '../../src/pictures/layout.ts';
import { overviewPage } from '../../src/pictures/overview.ts';
import { drawPage } from '../../src/pictures/page/draw-page.ts';
import { planPage } from '../../src/pictures/page/plan-page.ts';
import type { PictureInput } from '../../src/pictures/picture.ts';
import { crowdedPictureInput } from '../synth/crowded-input.ts';
import { arenaStart, heapStart } from '../synth/leaky-process.ts';
import { pace } from '../synth/pace.ts';
import { synthPictureInput } from '../synth/picture-input.ts';

const input = synthPictureInput();
const layout = layoutOf(input);

function cellBands(of: PictureInput): CellBand[] {
  return layoutOf(of).bands.filter((band) => band.kind === 'cells');
}

describe('the layout', () => {
  it('gives every picture of a diff the same size and the same rows', async () => {
    const plans = [0, 1, 2].map((dump) => planPage(overviewPage(input, dump)));
    expect(new Set(plans.map((plan) => JSON.stringify(plan.content))).size).toBe(1);
    expect(layoutOf(input)).toBe(layout);
    const images = await Promise.all([0, 1, 2].map((dump) => drawPage(overviewPage(input, dump), pace)));
    expect(new Set(images.map((image) => `${image.width} ${image.height}`)).size).toBe(1);
  });

  it('stacks bands in address order, each below the last, none overlapping', () => {
    let bottom = -1;
    let address = 0;
    for (const band of layout.bands) {
      expect(band.top).toBeGreaterThan(bottom);
      bottom = band.top + band.height;
      if (band.kind !== 'cells') continue;
      expect(rowAddress(layout, band, 0)).toBeGreaterThan(address);
      address = rowAddress(layout, band, 0);
    }
    expect(bottom).toBe(layout.height);
  });

  it('starts each drawn region on a row of its own', () => {
    const starts = cellBands(input).map((band) => rowAddress(layout, band, 0));
    expect(starts).toContain(heapStart);
    expect(starts).toContain(arenaStart);
    const [heap] = cellBands(input);
    const second = rowAddress(layout, heap!, 1);
    expect(second - heapStart).toBe(layout.columns * layout.bytesPerCell);
  });

  it('hides nothing: what is not drawn is told by a fold', () => {
    const told = layout.bands.flatMap((band) =>
      band.kind === 'fold' ? [Number(/^([\d,]+) regions?/.exec(band.text)?.[1] ?? 0)] : [],
    );
    const drawn = new Set(cellBands(input).map((band) => band.story.track.id)).size;
    expect(told.reduce((sum, count) => sum + count, 0) + drawn).toBe(input.tracks.length);
    expect(layout.bands.flatMap((band) => (band.kind === 'fold' ? [band.text] : []))[0]).toBe(
      '5 regions without growth (5 image), 20 KB, 0x55d0c8a00000–0x55d0c8a05000',
    );
  });

  it('never folds what grows while there is room', () => {
    const drawn = new Set(cellBands(input).map((band) => band.story.track.id));
    for (const region of input.report.regions) if (region.growthBytes > 0) expect(drawn).toContain(region.id);
  });

  it('takes the width that is asked for, one cell a pixel', () => {
    const wide = layoutOf({ ...input, width: 128 });
    expect([wide.width, wide.columns, wide.cellWidth, wide.bytesPerCell]).toEqual([128, 128, 1, 16]);
  });

  it('keeps the bytes per pixel that were asked for', () => {
    const asked = layoutOf({ ...input, bytesPerPixel: 16 });
    expect([asked.bytesPerCell, asked.cellWidth]).toEqual([16, 1]);
  });

  it('shows the upper half of an address space last', () => {
    const [first, ...rest] = input.tracks;
    const kernel = { ...first!, id: 'vsyscall', start: -10_485_760, end: -10_481_664 };
    const texts = layoutOf({ ...input, tracks: [...rest, kernel] }).bands.map((band) => 'text' in band && band.text);
    expect(texts.at(-1)).toMatch(/–0xffffffffff601000$/);
  });
});

describe('the size of pictures', () => {
  /** One track of that many cells, all of them zero. */
  function flat(cellCount: number): PictureInput {
    const track = input.tracks.find(({ start }) => start === heapStart)!;
    const cells = [0, 1, 2].map(() => new Uint8Array(cellCount));
    const piece = { start: heapStart, end: heapStart + cellCount * 64 };
    const presence = [0, 1, 2].map(() => ({
      ...piece,
      pieces: [piece],
      mappedBytes: piece.end - piece.start,
      reservedBytes: 0,
      shift: 0,
    }));
    const map: CellMap = { bytesPerCell: 64, tracks: [{ trackId: track.id, start: heapStart, cellCount, cells }] };
    return { ...input, tracks: [{ ...track, ...piece, presence }], cellMap: map };
  }

  it.each([1000, 30_000, 200_000, 700_000, 1_400_000, 2_500_000, 5_000_000])(
    'is fit to be opened for %i cells',
    (cells) => {
      const { width, height } = layoutOf(flat(cells));
      expect(width * height).toBeLessThanOrEqual(4_000_000);
      expect(height / width).toBeGreaterThan(0.55);
      expect(height / width).toBeLessThan(1.65);
    },
  );

  it('merges cells where a narrow picture would be too high to be held in memory', () => {
    const narrow = layoutOf({ ...flat(6_000_000), width: 64 });
    expect(narrow.columns).toBe(64);
    expect(narrow.height * 640).toBeLessThanOrEqual(16_000_000 + 640 * 100);
    expect(narrow.height * 640).toBeGreaterThan(8_000_000);
    expect(layoutOf({ ...flat(6_000_000), width: 2048 }).bytesPerCell).toBe(flat(1).cellMap.bytesPerCell);
  });

  it('stays so for hundreds of regions', () => {
    const { width, height, bands } = layoutOf(crowdedPictureInput(500));
    expect(width * height).toBeLessThanOrEqual(4_000_000);
    expect(bands.filter((band) => band.kind === 'cells').length).toBeGreaterThan(300);
  });

  it('folds what is zero from first to last where it is nearly all of a region', () => {
    const arena = flat(400_000);
    for (const codes of arena.cellMap.tracks[0]!.cells) codes.fill(0x3f, 0, 50_000);
    const texts = layoutOf(arena).bands.flatMap((band) => (band.kind === 'fold' ? [band.text] : []));
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(/^21\.\d MB that is zero in all dumps, 0x/);
    const heap = flat(400_000);
    for (const codes of heap.cellMap.tracks[0]!.cells.slice(0, 2)) codes.fill(cellAbsent, 100_000);
    expect(layoutOf(heap).bands.every((band) => band.kind === 'cells')).toBe(true);
  });

  it('folds long holes inside of a region', () => {
    const holey = flat(400_000);
    for (const codes of holey.cellMap.tracks[0]!.cells) codes.fill(cellAbsent, 100_000, 300_000);
    const texts = layoutOf(holey).bands.flatMap((band) => (band.kind === 'fold' ? [band.text] : []));
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(/^12\.\d MB that no dump holds, 0x/);
  });
});

describe('coarsenCells', () => {
  it('takes the mean fill of what is captured and the kind that fills most, whatever the cells', () => {
    const code = fc.oneof(
      fc.constantFrom(0, cellAbsent),
      fc.nat({ max: 5 * 32 - 1 }).filter((one) => one > 32 && one % 32 !== 0),
    );
    fc.assert(
      fc.property(fc.array(code, { minLength: 1, maxLength: 40 }), fc.constantFrom(2, 4, 8), (codes, factor) => {
        const track = { trackId: 'a', start: 0, cellCount: codes.length, cells: [Uint8Array.from(codes)] };
        const [merged] = coarsenCells({ bytesPerCell: 8, tracks: [track] }, factor).tracks[0]!.cells;
        for (let cell = 0; cell < merged!.length; cell++) {
          const own = codes.slice(cell * factor, (cell + 1) * factor).filter((one) => one !== cellAbsent);
          const shares = own.map(cellNonZeroShare);
          const kind = cellKind(own[shares.indexOf(Math.max(...shares))] ?? 0);
          const mean = shares.reduce((sum, share) => sum + share, 0) / own.length;
          expect(merged![cell]).toBe(own.length === 0 ? cellAbsent : cellCode(kind, mean));
        }
      }),
    );
  });

  it('keeps fill, the strongest kind, and what is absent', () => {
    const cells = [Uint8Array.of(0x3f, 0, cellAbsent, cellAbsent, cellAbsent, 0x7f, 0x21)];
    const map = { bytesPerCell: 8, tracks: [{ trackId: 'a', start: 0, cellCount: 7, cells }] };
    const merged = coarsenCells(map, 2);
    expect(merged.bytesPerCell).toBe(16);
    expect(merged.tracks[0]!.cellCount).toBe(4);
    expect([...merged.tracks[0]!.cells[0]!]).toEqual([0x20 | 22, cellAbsent, 0x7f, 0x21]);
  });
});
