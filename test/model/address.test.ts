import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from '../../src/model/address.ts';

const address = fc.oneof(
  fc.integer({ min: -(2 ** 47), max: 2 ** 47 }),
  fc.maxSafeInteger(),
  fc.constantFrom(0, 2 ** 24, 2 ** 24 - 1, 2 ** 32, 2 ** 32 - 1, 2 ** 48, 2 ** 48 - 1, -1, -(2 ** 47)),
);

test('addresses are the lower bits in hex, padded to the width of a pointer', () => {
  fc.assert(
    fc.property(address, fc.constantFrom(4 as const, 8 as const), (value, size) => {
      const digits = BigInt.asUintN(8 * size, BigInt(value)).toString(16);
      expect(formatAddress(value, size)).toBe(`0x${digits.padStart(2 * size, '0')}`);
    }),
  );
});

test('what is printed reads as the same address', () => {
  fc.assert(fc.property(address, (value) => parseAddress(formatAddress(value, 8)) === value));
});
