import { expect, test } from 'vitest';
import { timeOrderWarnings } from '../../src/compare/capture-times.ts';
import { sameMemoryWarnings } from '../../src/compare/same-memory.ts';
import { newTrackMeasure } from '../../src/scan/track-measure.ts';
import { openedDump } from '../synth/pool-process.ts';

const at = (hour: number) => ({ ...openedDump(new Uint8Array(4096), hour), timeSource: 'dump' as const });

test('dumps in another order than their times are told, with the order by their times', () => {
  expect(timeOrderWarnings([at(1), at(2), at(3)])).toEqual([null, null, null]);
  const [, second, third] = timeOrderWarnings([at(3), at(1), at(2)]);
  expect(second).toMatchObject({
    code: 'time-order',
    message: expect.stringContaining('it would be 2, 3, 1') as string,
  });
  expect(third).toBeNull();
});

test('times that were given are not called the own ones of a dump', () => {
  const given = (hour: number) => ({ ...at(hour), timeSource: 'argument' as const });
  const [, second] = timeOrderWarnings([given(2), given(1)]);
  expect(second!.message).toMatch(/^by the time given for it this dump is older .* it would be 2, 1; check it$/);
});

test('a dump with the same memory as the one before is told', () => {
  const measure = {
    ...newTrackMeasure(3),
    capturedBytes: [8192, 8192, 8192],
    unchangedBytes: [0, 8192, 4096],
  };
  expect(sameMemoryWarnings([measure], 3).map((warning) => warning?.code ?? null)).toEqual([null, 'same-memory', null]);
});

test('dumps that hold nothing are not called the same', () => {
  expect(sameMemoryWarnings([newTrackMeasure(2)], 2)).toEqual([null, null]);
});
