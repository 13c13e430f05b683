import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newAddressSketch } from '../../src/detect/address-sketch.ts';
import { type BlockTally, newTallySum } from '../../src/detect/stride/block-tally.ts';
import { scalarKernels } from '../../src/kernels/scalar-kernels.ts';
import { beginTally, readTally } from '../../src/kernels/tally-table.ts';

const stride = 48;
const origin = 0x10000;
const tallyPlace = 64;
const hitPlace = 1024;
const mostHits = 8192;
const toldPlace = hitPlace + 8 * mostHits;
const kernels = scalarKernels(new ArrayBuffer(toldPlace + 32 * mostHits));

/** Of tokens at these offsets from the origin. */
function tallyOf(offsets: readonly number[], isShared: boolean, limit = 2 ** 32): BlockTally {
  const { buffer } = kernels;
  beginTally(buffer, tallyPlace, { isShared, stride, limit });
  new Uint32Array(buffer, hitPlace, 2 * offsets.length).set(offsets.flatMap((offset) => [offset, 0]));
  const told = kernels.tallyHits({ place: hitPlace, count: offsets.length }, origin, tallyPlace, toldPlace);
  const sketch = newAddressSketch(limit);
  for (let index = 0; index < told; index++) sketch.add(new Float64Array(buffer, toldPlace, 2 * told)[2 * index]!);
  return { ...readTally(buffer, tallyPlace), sketch };
}

/** Distances from token to token: the stride, mostly. */
const distances = fc.array(fc.constantFrom(stride, stride, stride, 8, 96, 4096), { maxLength: 60 });

test.each([true, false])('parts cut anywhere join to the tally of all; shared token: %s', (isShared) => {
  fc.assert(
    fc.property(distances, fc.array(fc.nat(60)), (steps, cuts) => {
      let at = 0;
      const offsets = steps.map((step) => {
        at += step;
        return at;
      });
      const counted = offsets
        .filter((offset, index) => {
          const isBeside = offsets[index - 1] === offset - stride || offsets[index + 1] === offset + stride;
          return !isShared || isBeside;
        })
        .map((offset) => origin + offset);
      const whole = tallyOf(offsets, isShared);
      expect([whole.count, whole.sketch.addresses]).toEqual([counted.length, counted]);
      const sum = newTallySum({ stride });
      const borders = [0, ...cuts.toSorted((a, b) => a - b), offsets.length];
      for (let index = 1; index < borders.length; index++)
        sum.join(tallyOf(offsets.slice(borders[index - 1], borders[index]), isShared));
      expect([sum.count, sum.sketch.addresses]).toEqual([counted.length, counted]);
    }),
  );
});

test('a sketch of many blocks is the same, whatever parts it is joined of', () => {
  const whole = newAddressSketch();
  const sum = newTallySum({ stride });
  let limit: number | undefined;
  for (let part = 0; part < 8; part++) {
    const offsets = Array.from({ length: 5000 }, (_, block) => (part * 5000 + block) * stride);
    for (const offset of offsets) whole.add(origin + offset);
    // As threads do: what one has counted before bounds what it keeps.
    const own = tallyOf(offsets, false, part % 2 === 0 ? limit : undefined);
    if (part % 2 === 0) limit = own.sketch.limit;
    sum.join(own);
  }
  expect(sum.count).toBe(40_000);
  expect(whole.limit).toBeLessThan(2 ** 28);
  expect(sum.sketch).toMatchObject({ limit: whole.limit, addresses: whole.addresses });
});
