import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newTally } from '../../src/detect/stride/block-tally.ts';

const stride = 48;

/** Distances from token to token: the stride, mostly. */
const distances = fc.array(fc.constantFrom(stride, stride, stride, 8, 96, 4096), { maxLength: 60 });

test.each([true, false])('tallies of memory cut anywhere join to that of all of it; shared token: %s', (isShared) => {
  fc.assert(
    fc.property(distances, fc.array(fc.nat(60)), (steps, cuts) => {
      let at = 0x10000;
      const addresses = steps.map((step) => {
        at += step;
        return at;
      });
      const whole = newTally({ isShared, stride });
      for (const address of addresses) whole.add(address);
      const joined = newTally({ isShared, stride });
      const borders = [0, ...cuts.toSorted((a, b) => a - b), addresses.length];
      for (let index = 1; index < borders.length; index++) {
        const part = newTally({ isShared, stride });
        for (const address of addresses.slice(borders[index - 1], borders[index])) part.add(address);
        joined.join(part);
      }
      expect(joined.count).toBe(whole.count);
      expect(joined.sketch.addresses).toEqual(whole.sketch.addresses);
      const counted = addresses.filter(
        (address, index) =>
          !isShared || addresses[index - 1] === address - stride || addresses[index + 1] === address + stride,
      );
      expect(whole.sketch.addresses).toEqual(counted);
      expect(whole.count).toBe(counted.length);
    }),
  );
});

test('a sketch of many blocks is the same, whatever parts it is joined of', () => {
  const whole = newTally({ isShared: false, stride });
  const joined = newTally({ isShared: false, stride });
  let limit: number | undefined;
  for (let part = 0; part < 8; part++) {
    // As threads do: what one has counted before bounds what it keeps.
    const own = newTally({ isShared: false, stride }, part % 2 === 0 ? limit : undefined);
    for (let block = 0; block < 5000; block++) {
      const address = (part * 5000 + block) * stride;
      whole.add(address);
      own.add(address);
    }
    if (part % 2 === 0) limit = own.sketch.limit;
    joined.join(own);
  }
  expect(joined.count).toBe(40_000);
  expect(whole.sketch.limit).toBeLessThan(2 ** 28);
  expect(joined.sketch).toMatchObject({ limit: whole.sketch.limit, addresses: whole.sketch.addresses });
});
