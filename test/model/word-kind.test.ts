import { describe, expect, it } from 'vitest';
import { wordKinds } from '../../src/model/cell-map.ts';
import { classifyWord32, classifyWordAt, pointsInto } from '../../src/model/word-kind.ts';

const heap = { start: 0x7f3c_1000_0000, end: 0x7f3c_1010_0000 };
const kernel = { start: -0x1000, end: -0x800 };
const isPointer = pointsInto([kernel, heap]);

function kindOf(bytes: readonly number[], littleEndian = true): string {
  const view = new DataView(Uint8Array.from(bytes).buffer);
  return wordKinds[classifyWordAt(view, 0, { pointerSize: 8, littleEndian, isPointer })]!;
}

/** Bytes of a word, the lowest first. */
function word(value: bigint): number[] {
  return Array.from({ length: 8 }, (_, index) => Number((BigInt.asUintN(64, value) >> BigInt(index * 8)) & 0xffn));
}

function text(characters: string): number[] {
  return [...Buffer.from(characters, 'latin1')];
}

describe('kinds of 8-byte words', () => {
  it.each([
    ['zero', word(0n)],
    ['pointer', word(0x7f3c_1000_0010n)],
    ['pointer', word(-0x900n)],
    ['other', word(0x7f3c_1010_0000n)],
    ['small-integer', word(65_553n)],
    ['small-integer', word(-1n)],
    ['small-integer', word((3n << 32n) | 7n)],
    ['other', word(0x10_0000n)],
    ['text', text('password')],
    ['text', text('a\n\tb c~!')],
    ['text', text('w\0i\0d\0e\0')],
    ['other', text('abc\0\0\0d\x01')],
    ['other', text('caf\xe9 au ')],
  ])('%s: %j', (kind, bytes) => {
    expect(kindOf(bytes)).toBe(kind);
    expect(kindOf([...bytes].reverse(), false) === kind || kind === 'text').toBe(true);
  });
});

describe('kinds of 4-byte words', () => {
  const low = pointsInto([{ start: 0x40_0000, end: 0x90_0000 }]);
  const kindOf32 = (value: number) => wordKinds[classifyWord32(value, low)];

  it('take UTF-16 for text even where the heap stands at such addresses', () => {
    expect(kindOf32(0x0062_0061)).toBe('text');
    expect(kindOf32(0x0062_0110)).toBe('pointer');
    expect(kindOf32(0xffff_fffe)).toBe('small-integer');
    expect(kindOf32(0x9abc_def0)).toBe('other');
  });
});

describe('pointsInto', () => {
  it('knows starts and ends exactly, neighbours merged, in any order of asking', () => {
    const test = pointsInto([
      { start: 10, end: 20 },
      { start: 20, end: 30 },
      { start: 50, end: 60 },
    ]);
    const asked = [55, 9, 10, 29, 30, 49, 50, 59, 60, 15, 20];
    expect(asked.filter((address) => test(address))).toEqual([55, 10, 29, 50, 59, 15, 20]);
    expect(pointsInto([])(0)).toBe(false);
  });
});
