import { describe, expect, it } from 'vitest';
import { kindColours, page, zeroColour } from '../../src/draw/palette.ts';
import { pixelAt } from '../../src/draw/pixel-image.ts';
import { openMemory } from '../../src/memory/dump-memory.ts';
import { planPage } from '../../src/pictures/page/plan-page.ts';
import { largestZoom, zoomPlace, zoomRow, zoomWindow } from '../../src/pictures/zoom/zoom-window.ts';
import { drawZoom, type ZoomInput, zoomOf, zoomPage } from '../../src/pictures/zoom.ts';
import { rgbOf } from '../draw/rgb-of.ts';
import { dumpOfRanges } from '../render/dump-of-ranges.ts';
import { pace } from '../synth/pace.ts';
import { misplacedTexts } from './boxes.ts';

const start = 0x7ff600010000;
const stride = 272;
const blockCount = 200;

/** Blocks of 272 bytes, all zero but for a small number at +8 and a text at +64. */
function blocksOf272(secret = 'password'): Uint8Array {
  const bytes = Buffer.alloc(stride * blockCount);
  for (let block = 0; block < blockCount; block++) {
    bytes[block * stride + 8] = 0x11;
    bytes.write(secret, block * stride + 64, 'latin1');
  }
  return bytes;
}

function inputOf(options: Partial<ZoomInput> = {}, bytes = blocksOf272()): ZoomInput {
  const { dump, source } = dumpOfRanges([{ start, bytes }]);
  const memory = openMemory(dump, source);
  const common = { tool: 'leakviz 0.0.0', dumpName: 'a.core', memory, start, size: undefined, stride: null };
  return { ...common, rawDepth: null, blocks: [], ...options };
}

/** The colour of the word at an address, by the rule that the legend states. */
async function colourAt(input: ZoomInput, address: number) {
  const window = zoomOf(input);
  const { content } = planPage(zoomPage(input));
  const { column, row } = zoomPlace(window, address);
  const half = Math.floor(window.unitPixels / 2);
  const x = content.x + column * window.unitPixels + half;
  return pixelAt(await drawZoom(input, pace), x, content.y + row * window.unitPixels + half);
}

describe('the window of a zoom', () => {
  it.each([
    { stride: null, size: 65536, unitBytes: 8 },
    { stride: null, size: 1000, unitBytes: 3 },
    { stride: 272, size: 272 * 40 + 100, unitBytes: 8 },
    { stride: 65552, size: undefined, unitBytes: 8 },
    { stride: 1000, size: undefined, unitBytes: 3 },
  ])('has every unit at one place, and the place tells its address: %j', (wish) => {
    const window = zoomWindow({ start, ...wish });
    let covered = 0;
    for (let row = 0; row < window.rows; row++) {
      const { start: from, end } = zoomRow(window, row);
      expect(zoomPlace(window, from)).toEqual({ column: 0, row });
      if (end - from > window.unitBytes) {
        expect(zoomPlace(window, from + window.unitBytes)).toEqual({ column: 1, row });
      }
      covered += end - from;
    }
    expect(covered).toBe(window.end - window.start);
    expect(window.unitPixels).toBeGreaterThanOrEqual(1);
  });

  it('never has more than four million units, whatever is asked for', () => {
    const window = zoomWindow({ start, size: largestZoom(8), stride: null, unitBytes: 8 });
    expect(window.columns * window.rows * window.unitPixels ** 2).toBeLessThanOrEqual(4_200_000);
  });
});

describe('a zoom', () => {
  it('shows each word by its kind', async () => {
    const input = inputOf({ size: stride * 8 });
    expect(await colourAt(input, start + stride * 3)).toEqual(zeroColour);
    expect(await colourAt(input, start + stride * 3 + 8)).toEqual(kindColours['small-integer']);
    expect(await colourAt(input, start + stride * 3 + 64)).toEqual(kindColours.text);
  });

  /** Share of rows whose word in the column of the first block's header is no zero. */
  const upright = async (claimed: number) => {
    const input = inputOf({ stride: claimed, size: claimed * 60 });
    const window = zoomOf(input);
    const { content } = planPage(zoomPage(input));
    const image = await drawZoom(input, pace);
    const x = content.x + zoomPlace(window, start + 8).column * window.unitPixels + 1;
    const lit = Array.from({ length: window.rows }, (_, row) => {
      const colour = pixelAt(image, x, content.y + row * window.unitPixels + 1);
      return colour.some((channel, index) => channel !== zeroColour[index]);
    });
    return lit.filter(Boolean).length / window.rows;
  };

  it('straightened at the true stride stands upright, and slants at 8 bytes more', async () => {
    expect(await upright(stride)).toBe(1);
    expect(await upright(stride + 8)).toBeLessThan(0.1);
  });

  it('marks where blocks begin', async () => {
    const blocks = [{ address: start + stride, size: stride, isLive: true }];
    const input = inputOf({ size: stride * 8, blocks });
    const window = zoomOf(input);
    const { content } = planPage(zoomPage(input));
    const { column, row } = zoomPlace(window, start + stride);
    const at = [content.x + column * window.unitPixels, content.y + row * window.unitPixels + 1] as const;
    expect(pixelAt(await drawZoom(input, pace), ...at)).toEqual(page.marker);
  });

  it('stops being drawn when it is told to', async () => {
    const stop = new Error('stop');
    await expect(drawZoom(inputOf(), () => Promise.reject(stop))).rejects.toBe(stop);
  });

  it('holds no values: with another text in memory not one pixel changes', async () => {
    const [one, other] = await Promise.all(
      ['password', 'hunter22'].map((secret) => drawZoom(inputOf({ size: 8192 }, blocksOf272(secret)), pace)),
    );
    expect(Buffer.compare(rgbOf(one!), rgbOf(other!))).toBe(0);
  });

  it('says that it holds memory contents when it does', async () => {
    const texts = (input: ZoomInput) =>
      planPage(zoomPage(input))
        .texts.map(({ text }) => text)
        .join('\n');
    expect(texts(inputOf({ rawDepth: 24 }))).toContain('CONTAINS MEMORY CONTENTS');
    expect(texts(inputOf())).not.toContain('CONTAINS');
    const input = inputOf({ rawDepth: 32, size: stride });
    expect(await colourAt(input, start + 64)).toEqual([...Buffer.from('ssap')].slice(1));
  });

  it.each([{ size: 64 }, { size: 1 << 20 }, { stride: 65552, size: 65552 * 3 }, { rawDepth: 8 as const }])(
    'never has texts that overlap: %j',
    (options) => {
      expect(misplacedTexts(planPage(zoomPage(inputOf(options))))).toEqual([]);
    },
  );
});

it('has every label of its ruler inside the picture, where nothing stands beside the rows', async () => {
  const image = await drawZoom(inputOf({ size: 65536 }), pace);
  const { content } = planPage(zoomPage(inputOf({ size: 65536 })));
  const atEdge = new Set<string>();
  for (let y = 0; y < content.y; y++)
    for (const x of [image.width - 1, image.width - 2]) atEdge.add(String(pixelAt(image, x, y)));
  expect([...atEdge]).toHaveLength(1);
});
