import { describe, expect, test } from 'vitest';
import { type BlockWords, typeOfBlocks } from '../../src/detect/block-type.ts';
import type { Symbols } from '../../src/symbols/open-symbols.ts';

const [session, base, list, python] = [0x1000, 0x2000, 0x3000, 0x4000];
const vtables = new Map([
  [session, { name: 'app::Session', isPrimary: true }],
  [base, { name: 'app::Session', isPrimary: false }],
  [list, { name: 'app::List', isPrimary: true }],
]);
const symbols: Symbols = {
  symbolAt: () => undefined,
  vtableAt: (address) => vtables.get(address),
  pythonTypeAt: (address) => (address === python ? 'Order' : undefined),
  describe: () => undefined,
  filledIn: () => null,
  warnings: () => [],
  close: () => undefined,
};

function typeOf(shared: readonly number[], further: Partial<BlockWords> = {}) {
  return typeOfBlocks({ shared, pointerSize: 8, headerBytes: 16, startsAreKnown: true, ...further }, symbols);
}

describe('the type of blocks', () => {
  test('is that of the vtable behind the header', () => {
    expect(typeOf([0, 97, session, list])).toBe('app::Session');
    expect(typeOf([session, 97, Number.NaN, 0])).toBeNull();
    expect(typeOf([0, 97, base])).toBeNull();
  });

  test('is not that of a member', () => {
    expect(typeOf([0, 97, 0, list])).toBeNull();
  });

  test('is that of the only vtable where blocks may begin anywhere', () => {
    const unknown = { headerBytes: 0, startsAreKnown: false };
    expect(typeOf([7, Number.NaN, list, 0], unknown)).toBe('app::List');
    expect(typeOf([7, session, list, 0], unknown)).toBeNull();
  });

  test('is that of a CPython object, behind its reference count', () => {
    expect(typeOf([0, 97, 1, python])).toBe('Order');
    expect(typeOf([Number.NaN, Number.NaN, Number.NaN, python], { headerBytes: 0 })).toBe('Order');
    // An attribute of an object may be a type.
    expect(typeOf([0, 97, 1, 0, 0, 0, 0, 0, python])).toBeNull();
  });

  test('is not known where blocks share nothing', () => {
    expect(typeOf([Number.NaN, Number.NaN, Number.NaN])).toBeNull();
    expect(typeOf([])).toBeNull();
  });
});
