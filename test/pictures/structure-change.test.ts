import { describe, expect, it } from 'vitest';
import { cellAbsent, cellCode } from '../../src/model/cell-map.ts';
import type { CellGrid } from '../../src/pictures/layout/cell-places.ts';
import { planPage } from '../../src/pictures/page/plan-page.ts';
import type { PictureInput } from '../../src/pictures/picture.ts';
import { compareStructure, structureTiles } from '../../src/pictures/structure/compare-structure.ts';
import { otherStructure, structureChangePage } from '../../src/pictures/structure-change.ts';
import { diffedInput } from '../synth/diffed-input.ts';
import { pace } from '../synth/pace.ts';
import { synthPictureInput } from '../synth/picture-input.ts';
import { misplacedTexts } from './boxes.ts';

const size = 256 * 1024;
const counters = 0x7f0000100000;
const moved = 0x7f0000200000;

/** Objects of 272 bytes: a counter, a text, a pointer, zeros. All counters rise from dump to dump. */
function objects(dump: number, shift: number): Uint8Array {
  const bytes = Buffer.alloc(size);
  for (let at = shift; at + 272 <= size; at += 272) {
    bytes.writeUInt32LE(1000 + dump * 777 + (at % 101), at);
    bytes.write('some text in it!', at + 16, 'latin1');
    bytes.writeBigUInt64LE(BigInt(counters + (at % 4096)), at + 32);
  }
  return bytes;
}

/** Two dumps: in one region every counter rose, in the other all objects moved by 136 bytes too. */
async function comparedDumps(): Promise<PictureInput> {
  const ranges = [0, 1].map((index) => [
    { start: counters, bytes: objects(index, 0) },
    { start: moved, bytes: objects(index, index * 136) },
  ]);
  return await diffedInput(ranges, 16);
}

async function changes(grid: CellGrid, before: Uint8Array, after: Uint8Array): Promise<Float32Array> {
  return await compareStructure({ grid, tiles: structureTiles(grid, before.length), before, after }, pace);
}

/** Share of tiles of a track that have another structure. */
async function otherShare(input: PictureInput, start: number): Promise<number> {
  const track = input.cellMap.tracks.find((one) => one.start === start)!;
  const [before, after] = track.cells;
  const change = await changes({ columns: 256, side: 1 }, before!, after!);
  return change.filter((value) => value >= otherStructure).length / change.length;
}

describe('a change of structure', () => {
  it('is seen where content moved, and not where only values changed, though all bytes of both changed', async () => {
    const input = await comparedDumps();
    const changed = input.report.regions.map(({ changes }) => changes.changedBytes[1]);
    expect(changed).toEqual([size, size]);
    expect(await otherShare(input, counters)).toBe(0);
    expect(await otherShare(input, moved)).toBeGreaterThan(0.9);
    const facts = planPage(await structureChangePage(input, 1, pace))
      .texts.filter(({ role }) => role === 'fact')
      .map(({ text }) => text)
      .join(' ');
    expect(facts).toContain('on pages with changed bytes 512 KB');
    expect(facts).toMatch(/in tiles of another structure 25\d KB/);
  });

  it('is none where memory came or went', async () => {
    const before = new Uint8Array(64 * 64).map((_, cell) => (cell % 5 === 0 ? cellCode(1, 1) : 0));
    const after = before.map((code, cell) => (cell < 2048 ? cellAbsent : code));
    const grid = { columns: 64, side: 1 };
    expect(Math.max(...(await changes(grid, before, after)))).toBe(0);
    expect(Math.max(...(await changes(grid, after, before)))).toBe(0);
  });

  it('is found in maps larger than one piece, at its place', async () => {
    const columns = 1200;
    const before = new Uint8Array(columns * 700).map((_, cell) => (cell % 7 === 0 ? cellCode(1, 1) : 0));
    const after = before.slice();
    for (let row = 640; row < 648; row++) after.fill(cellCode(4, 1), row * columns + 1104, row * columns + 1112);
    const change = await changes({ columns, side: 1 }, before, after);
    const found = [...change.entries()].filter(([, value]) => value > 0.01).map(([tile]) => tile);
    expect(found).toEqual([(80 * columns) / 8 + 138]);
  });
});

describe('its picture', () => {
  it('never has texts that overlap', async () => {
    expect(misplacedTexts(planPage(await structureChangePage(synthPictureInput(), 2, pace)))).toEqual([]);
  });
});
