import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchRegions } from '../../src/compare/match-regions.ts';
import { scalarKernels } from '../../src/kernels/scalar-kernels.ts';
import type { Memory } from '../../src/memory/memory.ts';
import { cellAbsent, cellKind, cellNonZeroShare, wordKinds } from '../../src/model/cell-map.ts';
import { pageFlags } from '../../src/model/page-map.ts';
import type { Track } from '../../src/model/track.ts';
import { planCells } from '../../src/scan/cell-plan.ts';
import { newPacer } from '../../src/scan/pacer.ts';
import { planPages } from '../../src/scan/page-plan.ts';
import { scanPageBytes } from '../../src/scan/scan-stretch.ts';
import { scanTracks } from '../../src/scan/scan-tracks.ts';
import { grownIn } from '../../src/scan/track-measure.ts';
import { type FakeRegion, fakeMemory } from '../synth/fake-memory.ts';

const page = 4096;
const start = 0x10_0000;

async function scan(memories: readonly Memory[], bytesPerCell?: number, isScalar = false) {
  const tracks = matchRegions(memories.map((memory) => memory.dump));
  const cellMap = planCells(tracks, { bytesPerCell });
  const pageMap = planPages(tracks, new Set(tracks.map(({ id }) => id)), scanPageBytes(memories));
  const open = isScalar ? { open: (bytes: number) => scalarKernels(new ArrayBuffer(bytes)) } : {};
  const pacer = newPacer(undefined, () => undefined);
  const measures = await scanTracks({ tracks, memories, cellMap, pageMap, pacer, ...open });
  return { tracks, cellMap, pageMap, measures };
}

/** `0` a page of zeros, `a`, `b`, … a page of that letter's code, `-` no page. */
function memoryOf(pages: string): Memory {
  const regions: FakeRegion[] = [];
  for (const run of pages.matchAll(/[^-]+/g)) {
    const bytes = new Uint8Array(run[0].length * page);
    for (const [index, letter] of [...run[0]].entries()) {
      if (letter !== '0') bytes.fill(letter.charCodeAt(0), index * page, (index + 1) * page);
    }
    regions.push({ start: start + run.index * page, bytes });
  }
  return fakeMemory(regions);
}

function pagesOf(values: readonly number[]): number[] {
  return values.map((bytes) => bytes / page);
}

describe('what became of each page', () => {
  test('is told dump by dump', async () => {
    const { measures } = await scan([memoryOf('a0b'), memoryOf('abb0'), memoryOf('acb0d')]);
    const [measure] = measures;
    expect(pagesOf(measure!.capturedBytes)).toEqual([3, 4, 5]);
    expect(pagesOf(measure!.populatedBytes)).toEqual([2, 3, 4]);
    expect(pagesOf(measure!.unchangedBytes)).toEqual([0, 2, 3]);
    expect(pagesOf(measure!.changedBytes)).toEqual([0, 1, 1]);
    expect(pagesOf(measure!.newBytes)).toEqual([0, 1, 1]);
  });

  test('is kept page by page', async () => {
    const { pageMap } = await scan([memoryOf('a0b-0'), memoryOf('abb00'), memoryOf('acb0d0')]);
    const { zero, populated, unchanged, changed, new: fresh } = pageFlags;
    expect(pageMap.tracks.flatMap((track) => track.pages.map((pages) => [...pages]))).toEqual([
      [populated, zero, populated, 0, zero, 0],
      [populated | unchanged, populated | changed, populated | unchanged, zero | fresh, zero | unchanged, 0],
      [
        populated | unchanged,
        populated | changed,
        populated | unchanged,
        zero | unchanged,
        populated | changed,
        zero | fresh,
      ],
    ]);
  });

  test('is taken together where memory is large', () => {
    const size = 2 ** 40;
    const piece = { start, end: start + size };
    const presence = { ...piece, pieces: [piece], mappedBytes: size, reservedBytes: 0, shift: 0 };
    const track: Track = {
      id: 't',
      kind: 'private',
      name: '',
      ...piece,
      writable: true,
      presence: [presence, presence],
    };
    const { bytesPerPage, tracks } = planPages([track], new Set(['t']), page);
    expect(bytesPerPage).toBe(2 ** 19);
    expect(tracks[0]!.pages.map(({ length }) => length)).toEqual([2 ** 21, 2 ** 21]);
  });

  test('finds where the last dump holds something and the first held nothing', async () => {
    const { measures } = await scan([memoryOf('a00b-'), memoryOf('accbdd')]);
    const runs = Array.from(grownIn(measures), (run) => [(run.start - start) / page, (run.end - start) / page]);
    expect(runs).toEqual([
      [1, 3],
      [4, 6],
    ]);
  });
});

test('the sums equal those counted byte by byte, whatever the pages', async () => {
  const pages = fc.stringMatching(/^[0ab-]{1,12}$/).filter((text) => /[^-]/.test(text));
  await fc.assert(
    fc.asyncProperty(fc.array(pages, { minLength: 1, maxLength: 4 }), async (texts) => {
      const { measures } = await scan(texts.map(memoryOf));
      for (const [dump, text] of texts.entries()) {
        const sum = (pick: 'capturedBytes' | 'populatedBytes' | 'zeroBytes') =>
          measures.reduce((total, measure) => total + measure[pick][dump]!, 0) / page;
        expect(sum('capturedBytes')).toBe([...text].filter((letter) => letter !== '-').length);
        expect(sum('populatedBytes')).toBe([...text].filter((letter) => /[ab]/.test(letter)).length);
        expect(sum('zeroBytes')).toBe([...text].filter((letter) => letter === '0').length);
      }
    }),
    { numRuns: 60 },
  );
});

test('all is the same without WebAssembly, for cells smaller and larger than a page', async () => {
  const pages = fc.stringMatching(/^[0ab-]{1,80}$/).filter((text) => /[^-]/.test(text));
  const cells = fc.constantFrom(8, 256, page, 8 * page);
  await fc.assert(
    fc.asyncProperty(fc.array(pages, { minLength: 1, maxLength: 3 }), cells, async (texts, bytesPerCell) => {
      const memories = texts.map(memoryOf);
      expect(await scan(memories, bytesPerCell)).toEqual(await scan(memories, bytesPerCell, true));
    }),
    { numRuns: 40 },
  );
});

describe('zero bytes', () => {
  test('are counted one by one', async () => {
    const bytes = new Uint8Array(page);
    bytes.set([1, 0, 2, 0, 0, 0, 0, 0xff, 0x80, 0, 0, 0, 0x7f, 1, 1, 1]);
    const { measures } = await scan([fakeMemory([{ start, bytes }])]);
    expect(measures[0]!.zeroBytes[0]).toBe(page - 8);
  });

  test('that no file holds are not counted', async () => {
    const { measures } = await scan([fakeMemory([{ start: start + 100, bytes: new Uint8Array(50) }])]);
    expect(measures[0]!.zeroBytes[0]).toBe(50);
    expect(measures[0]!.capturedBytes[0]).toBe(50);
  });
});

describe('cells', () => {
  function words(...values: bigint[]): Uint8Array {
    const bytes = new Uint8Array(page);
    const view = new DataView(bytes.buffer);
    for (const [index, value] of values.entries()) view.setBigUint64(index * 8, value, true);
    return bytes;
  }

  test('show the kind of each word', async () => {
    const bytes = words(0n, BigInt(start), 7n, 0x6f77_206f_6c6c_6568n, 0xdead_beef_8765_4321n);
    const { cellMap } = await scan([fakeMemory([{ start, bytes }])], 8);
    const kinds = [...cellMap.tracks[0]!.cells[0]!.subarray(0, 5)].map((code) =>
      code === 0 ? 'zero' : wordKinds[cellKind(code)],
    );
    expect(kinds).toEqual(['zero', 'pointer', 'small-integer', 'text', 'other']);
  });

  test('of a page that did not change are those of the dump before', async () => {
    const same = words(1n, 2n, 3n);
    const { cellMap } = await scan([fakeMemory([{ start, bytes: same }]), fakeMemory([{ start, bytes: same }])], 16);
    expect(cellMap.tracks[0]!.cells[1]).toEqual(cellMap.tracks[0]!.cells[0]);
  });

  test('larger than a page add up the pages they cover', async () => {
    const { cellMap } = await scan([memoryOf('a000b0')], 4 * page);
    const cells = [...cellMap.tracks[0]!.cells[0]!];
    expect(cells).toHaveLength(2);
    expect(cellNonZeroShare(cells[0]!)).toBeCloseTo(0.25, 1);
  });

  test('are absent where nothing is captured', async () => {
    const { cellMap } = await scan([memoryOf('a'), memoryOf('aa')], page);
    expect(cellMap.tracks[0]!.cells.map((cells) => cells[1] === cellAbsent)).toEqual([true, false]);
  });
});

test('words of a big-endian dump are the same kinds', async () => {
  const bytes = new Uint8Array(page);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start), false);
  new DataView(bytes.buffer).setBigUint64(8, 5n, false);
  const { cellMap } = await scan([fakeMemory([{ start, bytes }], { littleEndian: false })], 8);
  expect([...cellMap.tracks[0]!.cells[0]!.subarray(0, 2)].map((code) => wordKinds[cellKind(code)])).toEqual([
    'pointer',
    'small-integer',
  ]);
});

test('an aborted run stops with the reason', async () => {
  const abort = new AbortController();
  abort.abort(new Error('stop'));
  const memories = [fakeMemory([{ start, bytes: new Uint8Array(64 * page).fill(1) }])];
  const tracks = matchRegions(memories.map((memory) => memory.dump));
  const slow = { pace: async () => abort.signal.throwIfAborted() };
  const cellMap = planCells(tracks, { bytesPerCell: undefined });
  const pageMap = planPages(tracks, new Set(), page);
  await expect(scanTracks({ tracks, memories, cellMap, pageMap, pacer: slow })).rejects.toThrow('stop');
});
