import { describe, expect, it } from 'vitest';
import type { Memory } from '../../src/memory/memory.ts';
import { pictures } from '../../src/pictures/index.ts';
import type { PictureInput } from '../../src/pictures/picture.ts';
import { drawPictures, plannedPictures } from '../../src/pictures/render-pictures.ts';
import { rgbOf } from '../draw/rgb-of.ts';
import { pace } from '../synth/pace.ts';
import { synthPictureInput } from '../synth/picture-input.ts';

const small = { heapMegabytes: [0.5, 1, 2] } as const;
const input = synthPictureInput(small);

/** The same process with other secrets: every letter of every text in memory is another one. */
function withOtherTexts(of: PictureInput): PictureInput {
  const memories = of.memories.map(
    (memory): Memory => ({
      ...memory,
      read(address, into) {
        const filled = memory.read(address, into);
        for (let at = 0; at < filled; at++)
          if (into[at]! >= 97 && into[at]! <= 122) into[at] = 97 + ((into[at]! + 7) % 26);
        return filled;
      },
    }),
  );
  return { ...of, memories };
}

describe('the registry', () => {
  it('has every kind of picture once', () => {
    const ids = pictures.map((picture) => picture.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('plans all pictures of a diff, with names fit for files', () => {
    const planned = plannedPictures(input).map(({ id }) => id);
    expect(planned).toEqual([
      'overview-1',
      'overview-2',
      'overview-3',
      'growth-heatmap',
      'growth-rings',
      'straightened-a1',
      'straightened-a2',
      'hatch-a1',
      'hatch-a2',
      'zero-fill-1',
      'zero-fill-2',
      'zero-fill-3',
      'zero-fill-change',
      'structure-change-1',
      'structure-change-2',
    ]);
  });

  it('plans without reading a byte', () => {
    const memories = input.memories.map((memory) => ({
      ...memory,
      read: () => {
        throw new Error('read while planning');
      },
    }));
    expect(plannedPictures({ ...input, memories })).toHaveLength(15);
  });

  it('leaves out suspects without sample addresses', () => {
    const allocations = input.report.allocations.map((allocation) => ({ ...allocation, sampleAddresses: [] }));
    const planned = plannedPictures({ ...input, report: { ...input.report, allocations } });
    expect(planned.filter(({ id }) => /hatch|straight/.test(id))).toEqual([]);
  });
});

describe('pictures', () => {
  it('are the same every time', async () => {
    const again = synthPictureInput(small);
    const others = drawPictures(again, pace);
    for await (const { drawn, image } of drawPictures(input, pace)) {
      const other = (await others.next()).value!;
      expect(other.drawn.id).toBe(drawn.id);
      expect(Buffer.compare(rgbOf(other.image), rgbOf(image))).toBe(0);
    }
  });

  it('stop being drawn when they are told to', async () => {
    const stop = new Error('stop');
    for (const drawn of plannedPictures(input)) {
      await expect(
        drawn.draw(() => Promise.reject(stop)),
        drawn.id,
      ).rejects.toBe(stop);
    }
  });

  it('hold no values: with every text in memory replaced, not one pixel changes', async () => {
    const others = drawPictures(withOtherTexts(input), pace);
    for await (const { drawn, image } of drawPictures(input, pace)) {
      expect(Buffer.compare(rgbOf((await others.next()).value!.image), rgbOf(image)), drawn.id).toBe(0);
    }
  });
});
