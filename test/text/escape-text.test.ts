import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeText, longestName, showControls } from '../../src/text/escape-text.ts';

const acting = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('what acts is shown instead', () => {
  test.each([
    ['\x1b[31m', '\\x1b[31m'],
    ['a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['\x7f\x9b', '\\x7f\\x9b'],
    ['\u202egpj.exe', '\\u202egpj.exe'],
    ['\u200b\ufeff', '\\u200b\\ufeff'],
    ['\u2028', '\\u2028'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\ud800', '\\ud800'],
    ['\u00a0', '\\xa0'],
    ['e\u0301', 'e\u0301'],
    ['e\u0301\u0301\u0301', 'e\u0301\u0301\\u0301'],
    ['C:\\Temp\\müll 漢字 👍.dll', 'C:\\Temp\\müll 漢字 👍.dll'],
  ])('%j becomes %j', (text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });
});

describe('long names', () => {
  test('lose their middle and keep both ends', () => {
    const shown = escapeText(`C:\\first\\${'x'.repeat(500)}\\last.dll`);
    expect(shown).toHaveLength(longestName);
    expect(shown).toMatch(/^C:\\first\\x+…x+\\last\.dll$/);
  });

  test('of just the longest length stay whole', () => {
    expect(escapeText('x'.repeat(longestName))).toBe('x'.repeat(longestName));
  });

  test('of megabytes are no effort', () => {
    expect(escapeText('\x1b'.repeat(20_000_000)).length).toBeLessThanOrEqual(longestName);
  });

  test('are never cut inside an escape or a character', () => {
    const whole = /^(?:\\x1b|👍|…)*$/u;
    for (let longest = 1; longest < 40; longest++) {
      expect(escapeText('\x1b👍'.repeat(30), longest)).toMatch(whole);
    }
  });

  test('take another ellipsis where the terminal needs one', () => {
    expect(escapeText('abcdefghij', 7, '...')).toBe('ab...ij');
  });
});

test('no text keeps anything that acts, and none is longer than it may be', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 50 }), (text, longest) => {
      const shown = escapeText(text, longest);
      expect(shown).not.toMatch(acting);
      expect(shown.length).toBeLessThanOrEqual(longest);
    }),
  );
});

test('what is shown once is not changed by showing it again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => showControls(showControls(text)) === showControls(text)),
  );
});
