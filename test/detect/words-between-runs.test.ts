import { describe, expect, test } from 'vitest';
import { signatureIn } from '../../src/detect/stride/signature.ts';
import { wordsBetweenRuns } from '../../src/detect/stride/words-between-runs.ts';
import { valueKey } from '../../src/kernels/values.ts';
import type { Track } from '../../src/model/track.ts';
import { fakeMemory } from '../synth/fake-memory.ts';

const size = 0x4000;

/** A module that the first run has at one address and the last at another, and a heap. */
function wordsOf(before: number, after: number) {
  const bytes = new Uint8Array(size);
  const heap = { start: 0x5000_0000, bytes };
  const module = (start: number) => fakeMemory([{ start, bytes, kind: 'image', name: 'server' }, heap]);
  const place = (start: number) => ({
    start,
    end: start + size,
    pieces: [],
    mappedBytes: size,
    reservedBytes: 0,
    shift: after - start,
  });
  const track: Track = {
    id: 'r1',
    kind: 'image',
    name: 'server',
    start: after,
    end: after + size,
    writable: false,
    presence: [place(before), place(after)],
  };
  return wordsBetweenRuns([track], [module(before), module(after)]);
}

const period = {
  kind: 'value',
  key: 7,
  stride: 64,
  blockBytes: 64,
  repeats: 99,
  share: 1,
  purity: 1,
  perBlock: 1,
  isShared: false,
  places: { place: 0, count: 0, offsets: new Uint32Array() },
} as const;

function halvesOf(address: number) {
  const bits = BigInt.asUintN(64, BigInt(address));
  return { lo: Number(bits & 0xffff_ffffn), hi: Number(bits >> 32n) };
}

describe('a word from one run to another', () => {
  test.each([
    ['of a program', 0x5555_0000_0000, 0x7777_8000_0000],
    ['of a kernel', -0x7e80_0000, -0x6120_0000],
  ])('that points into a module %s moves along with it', (_, before, after) => {
    const { lo, hi } = halvesOf(after + 0x123);
    const signature = { period: { ...period, key: valueKey(lo, hi) }, companions: [{ offset: 8, lo, hi }] };
    const moved = signatureIn(0, signature, wordsOf(before, after));
    expect(moved.period.key).toBe(before + 0x123);
    expect(moved.companions).toEqual([{ offset: 8, ...halvesOf(before + 0x123) }]);
    expect(signatureIn(1, signature, wordsOf(before, after))).toEqual(signature);
  });

  test('that points into a heap says nothing, and one that points nowhere stays', () => {
    const words = wordsOf(0x5555_0000_0000, 0x7777_8000_0000);
    expect(words.isComparable(0x5000_0100)).toBe(false);
    expect(words.isComparable(0x1234)).toBe(true);
    expect(words.keyIn(0, 0x1234)).toBe(0x1234);
  });
});
