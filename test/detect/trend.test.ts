import { expect, test } from 'vitest';
import { trendOf } from '../../src/detect/trend.ts';

const noise = 10;

test.each([
  ['grows by about the same every time', [0, 100, 200, 300], null, 'steady'],
  ['grows faster and faster', [70, 230, 470], null, 'steady'],
  ['fills up and stops', [3000, 12_000, 12_000], null, 'saturating'],
  ['grows less every time, at last half as much', [0, 400, 700, 850], null, 'saturating'],
  ['grew once, in the middle', [100, 100, 900, 905], null, 'saturating'],
  ['grew in the last step only', [100, 102, 900], null, 'jump'],
  ['two dumps are one step', [100, 900], null, 'jump'],
  ['goes up and down', [100, 500, 200, 600], null, 'sawtooth'],
  ['does not move beyond the noise', [100, 105, 98], null, 'flat'],
  ['gets smaller', [500, 300, 100], null, 'shrinking'],
  ['the same rate over uneven times is steady', [0, 100, 120], [1, 0.2], 'steady'],
  ['less than a quarter of the rate levels off', [0, 100, 140], [1, 2], 'saturating'],
] as const)('%s', (_, values, hours, expected) => {
  expect(trendOf(values, hours, noise)).toBe(expected);
});
