import fc from 'fast-check';
import { expect, test } from 'vitest';
import { followRegions } from '../../src/compare/follow-regions.ts';
import { countBlocks } from '../../src/detect/stride/count-blocks.ts';
import { windowBytes } from '../../src/detect/stride/count-plan.ts';
import type { Period } from '../../src/detect/stride/find-strides.ts';
import type { Signature } from '../../src/detect/stride/signature.ts';
import { isSearched, unwalkedRanges } from '../../src/detect/unwalked-memory.ts';
import { openKernels } from '../../src/kernels/open-kernels.ts';
import { planPages } from '../../src/scan/page-plan.ts';
import { scanTracks } from '../../src/scan/scan-tracks.ts';
import { type FakeRegion, fakeMemory } from '../synth/fake-memory.ts';
import { pace } from '../synth/pace.ts';

const pageBytes = 4096;
/** On both sides of the border of two windows. */
const pages = 160;
const regionStart = 0x7f00_0000_0000 + windowBytes - 77 * pageBytes;
const marker = 0x0123_4567_89ab;
/** The marker, then text; in a 32-bit dump with a word of zero between them. */
const shapes = { 4: 0o40333333, 8: 0o43333333 } as const;

/** Blocks of this many bytes, which lie across the borders of pages. */
const stride = 176;

/** What a dump has written to since the one before. */
const change = fc.record({
  page: fc.nat({ max: pages - 1 }),
  count: fc.integer({ min: 1, max: 40 }),
  what: fc.constantFrom('zero', 'blocks', 'headless', 'noise'),
});

const history = fc.record({
  dumps: fc.array(fc.array(change, { maxLength: 8 }), { minLength: 2, maxLength: 4 }),
  /** Of each dump, by how many bytes its region begins later, and the pages from which on nothing is captured. */
  cuts: fc.array(
    fc.record({ late: fc.constantFrom(0, 0, 0, 8, 56, 512, 4, 3), end: fc.constantFrom(pages, pages, 100, 64) }),
    {
      minLength: 4,
      maxLength: 4,
    },
  ),
  /** Pages of a region; behind each stands a page that is none of the ranges'. With 36, a block begins in front of the second. */
  regionPages: fc.constantFrom(pages, pages, 40, 36, 36, 3, 1),
  /** Of each dump, whether those pages are captured, as an image's. */
  hasImages: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  words: fc.record({ pointerSize: fc.constantFrom(8 as const, 8 as const, 4 as const), littleEndian: fc.boolean() }),
});

interface Words {
  readonly pointerSize: 4 | 8;
  readonly littleEndian: boolean;
}

/** The bytes from the first page that is there to the last one, cut into regions and images. */
function regionsIn(
  bytes: Uint8Array,
  cut: { readonly late: number; readonly end: number },
  { regionPages, hasImages }: { readonly regionPages: number; readonly hasImages: boolean },
): FakeRegion[] {
  const regions: FakeRegion[] = [];
  for (let page = 0; page < cut.end; page += regionPages + 1) {
    const gap = Math.min(cut.end, page + regionPages);
    const from = page * pageBytes + (page === 0 ? cut.late : 0);
    regions.push({ start: regionStart + from, bytes: bytes.slice(from, gap * pageBytes) });
    if (!hasImages || gap === cut.end) continue;
    const image = bytes.slice(gap * pageBytes, (gap + 1) * pageBytes);
    regions.push({ start: regionStart + gap * pageBytes, bytes: image, kind: 'image', name: 'image' });
  }
  return regions;
}

function setWord(view: DataView, at: number, value: number, { pointerSize, littleEndian }: Words): void {
  if (pointerSize === 8) view.setBigUint64(at, BigInt(value), littleEndian);
  else view.setUint32(at, value % 2 ** 32, littleEndian);
}

function write(
  bytes: Uint8Array,
  { page, count, what }: { readonly page: number; readonly count: number; readonly what: string },
  words: Words,
): void {
  const from = page * pageBytes;
  const to = Math.min(bytes.length, from + count * pageBytes);
  bytes.fill(0, from, to);
  if (what === 'zero') return;
  const view = new DataView(bytes.buffer);
  for (let at = Math.ceil(from / stride) * stride; at + stride <= to; at += stride) {
    if (what !== 'headless') setWord(view, at, stride | 1, words);
    setWord(view, at + 16, marker, words);
    bytes.fill(0x61, at + 24, at + 88);
    if (what === 'noise') view.setUint32(at + 40, at * 0x9e3779b1, true);
    else setWord(view, at + 120, 77, words);
  }
}

function signature(period: Partial<Period>, companions: Signature['companions']): Signature {
  const places = { place: 0, count: 0, offsets: new Uint32Array() };
  const plain = { kind: 'value', key: marker, stride, blockBytes: stride, repeats: 99, share: 1, purity: 1 } as const;
  return { period: { ...plain, perBlock: 1, isShared: false, places, ...period }, companions };
}

function signaturesOf({ pointerSize }: Words): Signature[] {
  const key = pointerSize === 8 ? marker : marker % 2 ** 32;
  return [
    signature({ key }, []),
    signature({ key }, [{ offset: -16, lo: stride | 1, hi: 0 }]),
    signature({ key }, [{ offset: 104, lo: 77, hi: 0 }]),
    signature({ key, isShared: true }, []),
    signature({ kind: 'shape', key: shapes[pointerSize] }, []),
    signature({ kind: 'shape', key: 0 }, []),
  ];
}

/** Whole words that are the marker, in regions that are no image. */
function countMarkers(regions: readonly FakeRegion[], { pointerSize, littleEndian }: Words): number {
  let count = 0;
  for (const { bytes, kind } of regions) {
    if (kind === 'image') continue;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length - (bytes.length % 8));
    for (let at = 0; at < view.byteLength; at += pointerSize) {
      const isMarker =
        pointerSize === 8
          ? view.getBigUint64(at, littleEndian) === BigInt(marker)
          : view.getUint32(at, littleEndian) === marker % 2 ** 32;
      if (isMarker) count++;
    }
  }
  return count;
}

test('blocks are counted alike, whatever need not be read again, and whatever the kernels did before', async () => {
  const used = openKernels(64 << 20);
  new Uint8Array(used.buffer).fill(0x5a);
  let counted = 0;
  let passedOver = 0;
  await fc.assert(
    fc.asyncProperty(history, async ({ dumps, cuts, regionPages, hasImages, words }) => {
      const bytes = new Uint8Array(pages * pageBytes);
      const regions = dumps.map((changes, dump) => {
        for (const one of changes) write(bytes, one, words);
        return regionsIn(bytes, cuts[dump]!, { regionPages, hasImages: hasImages[dump]! });
      });
      const memories = regions.map((own) => fakeMemory(own, words));
      const signatures = signaturesOf(words);
      const tracks = followRegions(
        memories.map(({ dump }) => dump),
        memories.map(() => []),
        memories.map(() => 0),
      );
      const pageMap = planPages(tracks, new Set(tracks.filter(isSearched).map(({ id }) => id)), pageBytes);
      await scanTracks({
        tracks,
        memories,
        cellMap: { bytesPerCell: pageBytes, tracks: [] },
        pageMap,
        pacer: { pace },
      });
      const count = async (isKnown: boolean) => {
        const results = await countBlocks({
          signatures: memories.map(() => signatures),
          memories,
          ranges: memories.map((memory, dump) => unwalkedRanges(tracks, [], memory, dump)),
          pageMap: isKnown ? pageMap : undefined,
          kernels: isKnown ? used : undefined,
          pacer: {
            pace: async (read) => {
              passedOver += isKnown ? -read : read;
            },
          },
        });
        return results.map(({ counts, sketches }) => ({
          counts: [...counts],
          sketches: sketches.map(({ limit, addresses }) => ({ limit, addresses: [...addresses] })),
        }));
      };
      const all = await count(false);
      expect(all[0]!.counts, 'as many markers as there are').toEqual(regions.map((own) => countMarkers(own, words)));
      counted += all.reduce((sum, { counts }) => sum + counts.at(-1)!, 0);
      expect(await count(true)).toEqual(all);
    }),
    { numRuns: 200 },
  );
  expect(counted).toBeGreaterThan(10_000);
  expect(passedOver, 'bytes that were not read').toBeGreaterThan(30 * pages * pageBytes);
});
