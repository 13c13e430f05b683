import { describe, expect, it } from 'vitest';
import { kindColours, page } from '../../src/draw/palette.ts';
import { type PixelImage, pixelAt } from '../../src/draw/pixel-image.ts';
import type { ReportAllocation } from '../../src/model/leak-report.ts';
import { drawnSuspects } from '../../src/pictures/blocks/suspects.ts';
import { hatch, hatchPage } from '../../src/pictures/hatch.ts';
import { drawPage } from '../../src/pictures/page/draw-page.ts';
import { planPage } from '../../src/pictures/page/plan-page.ts';
import type { PictureInput } from '../../src/pictures/picture.ts';
import { straightened, straightenedPage } from '../../src/pictures/straightened.ts';
import { type FakeRegion, fakeMemory } from '../synth/fake-memory.ts';
import { nodeStride } from '../synth/leaky-process.ts';
import { pace } from '../synth/pace.ts';
import { synthPictureInput } from '../synth/picture-input.ts';
import { misplacedTexts } from './boxes.ts';

/** Enough for the pictures of the small blocks. */
const small = { heapMegabytes: [0.5, 1, 2] } as const;

function suspectOf(input: PictureInput, id: string): ReportAllocation {
  return input.report.allocations.find((allocation) => allocation.id === id)!;
}

/** Share of neighbouring rows of the content in which a pixel keeps its colour, seen `shift` pixels to the side. */
async function rowLikeness(input: PictureInput, id: string, shift = 0): Promise<number> {
  const spec = straightenedPage(input, suspectOf(input, id));
  const { content } = planPage(spec);
  const image = await drawPage(spec, pace);
  const step = 4;
  let same = 0;
  let seen = 0;
  for (let y = 0; y + step < content.height; y += step) {
    for (let x = Math.max(0, shift); x < content.width + Math.min(0, shift); x += 4) {
      const upper = pixelAt(image, content.x + x - shift, content.y + y);
      const lower = pixelAt(image, content.x + x, content.y + y + step);
      seen++;
      if (upper.join() === lower.join()) same++;
    }
  }
  return same / seen;
}

describe('straightened', () => {
  it('shows upright lines at the true stride: every row is like the one above', async () => {
    const input = synthPictureInput();
    expect(await rowLikeness(input, 'a1')).toBeGreaterThan(0.995);
    expect(await rowLikeness(input, 'a2')).toBeGreaterThan(0.995);
  });

  it.each([8, -8, 16])('shows slanted lines at a stride that is off by %i', async (error) => {
    const wrong = synthPictureInput({ ...small, nodeStrideClaimed: nodeStride + error });
    expect(await rowLikeness(wrong, 'a2')).toBeLessThan(0.85);
  });

  it('slants by as much as the stride is off', async () => {
    const wrong = synthPictureInput({ ...small, nodeStrideClaimed: nodeStride + 8 });
    // Two rows further down (four pixels) everything stands two words, 40 pixels, further left.
    expect(await rowLikeness(wrong, 'a2', -40)).toBeGreaterThan(0.99);
  });

  it('has a letter for each field, and says what it is', () => {
    const input = synthPictureInput();
    const spec = straightenedPage(input, suspectOf(input, 'a2'));
    const notes = planPage(spec).texts.filter(({ role }) => role === 'note');
    expect(notes.map(({ text }) => text)).toEqual([
      "A  +8 (0x8), 8 bytes, header: the allocator's size and flags",
      'B  +16 (0x10), 8 bytes, self pointer: to a block of this class at +0x10',
      'C  +24 (0x18), 8 bytes, self pointer: to a block of this class at +0x10',
      'D  +32 (0x20), 8 bytes, counter: rises by 1 from block to block',
      'E  +40 (0x28), 8 bytes, module pointer: service+0x1230',
      'F  +64 (0x40), 64 bytes, text',
    ]);
  });
});

/** Blocks of 112 bytes with others of odd sizes between them, as two programs' allocations in one heap. */
function mixedHeap(method: 'chunk-walk' | 'stride'): PictureInput {
  const bytes = new Uint8Array(200_000);
  const view = new DataView(bytes.buffer);
  const start = 0x600000;
  const starts: number[] = [];
  for (let at = 0, index = 0; at + 2000 < bytes.length; index++) {
    view.setUint32(at + 8, 113, true);
    view.setUint32(at + 16, 0x600000 + at, true);
    starts.push(start + at);
    at += 112 + 16 * (20 + ((index * 7) % 13));
  }
  const region: FakeRegion = { start, bytes, kind: 'heap' };
  const base = synthPictureInput(small);
  const sampleAddresses = starts.filter((_, index) => index % 20 === 0).map((address) => `0x${address.toString(16)}`);
  const suspect = { ...suspectOf(base, 'a2'), strideBytes: 112, method, sampleAddresses, fields: [] };
  return { ...base, report: { ...base.report, allocations: [suspect] }, memories: [fakeMemory([region])] };
}

describe('blocks with other memory between them', () => {
  it('are found one by one where the heap was walked', async () => {
    const input = mixedHeap('chunk-walk');
    const facts = straightenedPage(input, suspectOf(input, 'a2')).facts;
    expect(facts[0]).toMatch(
      /^300 blocks: blocks of this class in order of address|^\d{3} blocks: blocks of this class/,
    );
    expect(await rowLikeness(input, 'a2')).toBeGreaterThan(0.95);
  });

  it('are stepped through blindly where only the stride is claimed', () => {
    const input = mixedHeap('stride');
    const facts = straightenedPage(input, suspectOf(input, 'a2')).facts;
    expect(facts[0]).toMatch(/each row begins exactly one stride after the row above, whatever stands there$/);
  });
});

/** Places of the block markers in the hatch, words from the content's top left corner. */
function markers(image: PixelImage, content: { x: number; y: number; width: number; height: number }): number[] {
  const places: number[] = [];
  for (let y = 0; y < content.height; y += 3) {
    for (let x = 0; x < content.width; x += 3) {
      if (pixelAt(image, content.x + x, content.y + y).join() === page.marker.join())
        places.push((y / 3) * 256 + x / 3);
    }
  }
  return places;
}

describe('hatch', () => {
  const input = synthPictureInput();

  it('marks every block one stride after the last, at the header', async () => {
    const spec = hatchPage(input, suspectOf(input, 'a2'));
    const { content } = planPage(spec);
    const image = await drawPage(spec, pace);
    const places = markers(image, content);
    expect(places.length).toBeGreaterThan(500);
    for (let index = 1; index < places.length; index++)
      expect(places[index]! - places[index - 1]!).toBe(nodeStride / 8);
    const word = places[5]! + 1;
    const header = pixelAt(image, content.x + (word % 256) * 3 + 1, content.y + Math.floor(word / 256) * 3 + 1);
    expect(header).toEqual(kindColours['small-integer']);
  });

  it('does not fall into step with a stride that divides its rows', () => {
    const even = synthPictureInput({ ...small, nodeStrideClaimed: 256 });
    const { contentWidth } = hatchPage(even, suspectOf(even, 'a2'));
    expect(((contentWidth / 3) * 8) % 256).not.toBe(0);
  });

  it('has no overlapping texts, and neither has the straightened picture', () => {
    for (const id of ['a1', 'a2']) {
      const suspect = suspectOf(input, id);
      for (const spec of [hatchPage(input, suspect), straightenedPage(input, suspect)]) {
        expect(misplacedTexts(planPage(spec))).toEqual([]);
      }
    }
  });
});

describe('a block of 32-bit words', () => {
  it('is classified and drawn by words of four bytes', async () => {
    const bytes = new Uint8Array(64_000);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < bytes.length; at += 64) view.setUint32(at, 0x600000 + at, true);
    const base = synthPictureInput(small);
    const sampleAddresses = ['0x600000', '0x601000', '0x602000'];
    const suspect = { ...suspectOf(base, 'a2'), strideBytes: 64, sampleAddresses, fields: [] };
    const memories = [fakeMemory([{ start: 0x600000, bytes }], { pointerSize: 4 })];
    const input = { ...base, report: { ...base.report, allocations: [suspect] }, memories };
    const spec = straightenedPage(input, suspect);
    const { content } = planPage(spec);
    const image = await drawPage(spec, pace);
    const colours = [0, 1, 2].map((column) => pixelAt(image, content.x + 20 * column + 5, content.y + 50));
    // One word of margin, the pointer, then nothing.
    expect(colours).toEqual([kindColours.zero, kindColours.pointer, kindColours.zero]);
  });
});

describe('strides and places that make no sense', () => {
  const base = synthPictureInput(small);
  const captured = suspectOf(base, 'a1').sampleAddresses;
  const unmapped = ['0x1000', '0x2000', '0x3000'];

  it.each([1, 3, 12, 1 << 20, 2 ** 40])('give a picture of sane size at stride %i', async (strideBytes) => {
    for (const method of ['stride', 'chunk-walk'] as const) {
      for (const sampleAddresses of [captured, unmapped, captured.slice(0, 1)]) {
        const suspect = { ...suspectOf(base, 'a1'), strideBytes, method, sampleAddresses };
        for (const spec of [hatchPage(base, suspect), straightenedPage(base, suspect)]) {
          const { width, height } = await drawPage(spec, pace);
          expect(width * height).toBeLessThan(4_000_000);
          expect(misplacedTexts(planPage(spec))).toEqual([]);
        }
      }
    }
  });
});

describe('titles', () => {
  const pagesOf = (input: PictureInput) =>
    drawnSuspects(input.report).flatMap((one) => [hatchPage(input, one).title, straightenedPage(input, one).title]);

  it('name blocks by their size, as the report does', () => {
    const input = synthPictureInput();
    const titles = [
      ...pagesOf(input),
      ...[...hatch.pictures(input), ...straightened.pictures(input)].map((one) => one.title),
    ];
    expect(titles.length).toBeGreaterThan(3);
    for (const title of titles)
      expect(title).toMatch(/(Hatch of|Straightened) blocks of [\d,]+ bytes(, one per row)?$/);
  });

  it('add the id where two suspects have blocks of one size', () => {
    const { report, ...rest } = synthPictureInput();
    const [first] = drawnSuspects(report);
    const twice = {
      ...report,
      allocations: [first!, { ...first!, id: 'b' }],
      verdict: { ...report.verdict, suspects: [first!.id, 'b'] },
    };
    const ends = pagesOf({ report: twice, ...rest }).map((title) => title.match(/bytes (\(.*\))/)?.[1]);
    expect(ends).toEqual([`(${first!.id})`, `(${first!.id})`, '(b)', '(b)']);
  });
});
