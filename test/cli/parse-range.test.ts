import { expect, test } from 'vitest';
import { parseRange, readRange } from '../../src/cli/parse-range.ts';

test.each([
  // WinDbg: A B, with B included.
  ['1000 1fff', 0x1000, 0x2000],
  ['00007ff6`00001000 00007ff6`00001fff', 0x7ff600001000, 0x7ff600002000],
  ['0x1000 0x1fff', 0x1000, 0x2000],
  ['7FF6ABCD 7ff6abce', 0x7ff6abcd, 0x7ff6abcf],
  // WinDbg: A L count of bytes, in hex.
  ['1000 L1000', 0x1000, 0x2000],
  ['1000 l10', 0x1000, 0x1010],
  ['1000 L 10', 0x1000, 0x1010],
  ['1000 L?10000000', 0x1000, 0x10001000],
  ['00007ff6`00001000 L0x20', 0x7ff600001000, 0x7ff600001020],
  // As in /proc/PID/maps: the end is excluded.
  ['0x1000-0x2000', 0x1000, 0x2000],
  ['7f00a000-7f00b000', 0x7f00a000, 0x7f00b000],
  ['0x1000 - 0x2000', 0x1000, 0x2000],
  ['0x1000+0x20', 0x1000, 0x1020],
  ['  1000+20 ', 0x1000, 0x1020],
  // The upper half is negative, as everywhere.
  ['fffff803`10000000 L1000', 0xfffff80310000000 - 2 ** 64, 0xfffff80310000000 - 2 ** 64 + 0x1000],
  ['dead beef', 0xdead, 0xbef0],
])('%s', (text, start, end) => {
  expect(readRange(text)).toEqual({ start, end });
});

test.each(['', '1000', '1000 L', 'L1000', '1000 2000 3000', '0xzz 1000', 'heap', '1000..2000', '1000 L-10'])(
  'not a range: %s',
  (text) => {
    expect(readRange(text)).toBeUndefined();
    expect(() => parseRange('--range', text)).toThrowError(/expected a range such as/);
  },
);

test.each(['2000 1000', '0x2000-0x2000', '1000 L0'])('nothing in it: %s', (text) => {
  expect(() => parseRange('--range', text)).toThrowError(/ends before it begins/);
});
