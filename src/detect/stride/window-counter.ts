// Reads windows of memory for the tokens of signatures only, as fast as they can be read, and counts the blocks they mark.
import { planAddressTable } from '../../kernels/address-table.ts';
import { type HitPlaces, type Kernels, type Place, stretchSlack, type Table } from '../../kernels/kernels.ts';
import { reopenKernels } from '../../kernels/open-kernels.ts';
import { shapeWords } from '../../kernels/shapes.ts';
import { newPlaces } from '../../kernels/take-places.ts';
import { beginTally, readTally, setTallyLimit, tallyBytes } from '../../kernels/tally-table.ts';
import { farthestCompanion, hitsPerWord, type Token, tokenTableBytes, writeTokens } from '../../kernels/token-table.ts';
import type { Memory } from '../../memory/memory.ts';
import { readWordHalves } from '../../memory/read-word-halves.ts';
import type { Address } from '../../model/address.ts';
import { union } from '../../model/intervals.ts';
import { type AddressSketch, newAddressSketch } from '../address-sketch.ts';
import type { BlockTally } from './block-tally.ts';
import { type CountStep, type PlannedWindow, windowBytes } from './count-plan.ts';
import type { Signature } from './signature.ts';
import { type TokenKind, tokenKinds, wordOfKey } from './tokens.ts';

/** Per signature, per dump. */
export type Tallies = readonly (readonly BlockTally[])[];

/** Counts one part of memory after the other. */
export interface WindowCounter {
  /** Adds the blocks of a window of all dumps, behind those added before. Returns the bytes read. */
  add(window: PlannedWindow): number;
  /** What was added since the last part. */
  finishPart(): Tallies;
}

/** Where the hits of one window stand. */
interface HitList {
  readonly place: Place;
  readonly pairs: Uint32Array;
  count: number;
}

/**
 * @param signatures per dump, the same ones in the same order
 * @param done whose memory may be used again
 */
export function newWindowCounter(
  signatures: readonly (readonly Signature[])[],
  memories: readonly Memory[],
  done?: Kernels,
): WindowCounter {
  const wordBytes = memories[0]!.dump.pointerSize;
  const periods = signatures[0]!.map(({ period }) => period);
  /** In front of a step: the word before a shape, and all of the shape but its last word. */
  const overlap = shapeWords * wordBytes;
  const reach = (shapeWords - 1) * wordBytes;
  const tokens = signatures.map((own) => ({ value: tokensOf(own, 'value'), shape: tokensOf(own, 'shape') }));
  const mapped = memories.map(({ dump }, index) =>
    planAddressTable(tokens[index]!.shape.length > 0 ? union(dump.regions) : []),
  );

  const { take, size } = newPlaces(8);
  const margin = take(farthestCompanion + overlap + windowBytes + farthestCompanion + stretchSlack);
  const place = margin + farthestCompanion;
  const mostHits = (kind: TokenKind) => ((overlap + windowBytes) / wordBytes) * hitsPerWord(tokens[0]![kind]);
  // Of one dump and the one before, in turn.
  const hitPlaces = [0, 1].map(() => ({ value: take(8 * mostHits('value')), shape: take(8 * mostHits('shape')) }));
  const told = take(2 * 16 * Math.max(mostHits('value'), mostHits('shape')));
  const tablePlaces = memories.map((_, dump) => ({
    value: take(tokenTableBytes(tokens[dump]!.value)),
    shape: take(tokenTableBytes(tokens[dump]!.shape)),
    ranges: take(mapped[dump]!.bytes),
    tallies: take(tallyBytes * periods.length),
  }));

  const kernels = reopenKernels(size(), done);
  const { buffer } = kernels;
  const bytes = new Uint8Array(buffer);
  const hits = hitPlaces.map((own) => ({ value: hitList('value', own.value), shape: hitList('shape', own.shape) }));
  const toldAddresses = new Float64Array(buffer, told, 4 * Math.max(mostHits('value'), mostHits('shape')));
  const toldSignatures = new Uint32Array(buffer, told, 2 * toldAddresses.length);
  const tables = tablePlaces.map((own, dump) => ({
    value: writeTokens(buffer, own.value, tokens[dump]!.value),
    shape: writeTokens(buffer, own.shape, tokens[dump]!.shape),
    ranges: mapped[dump]!.write(buffer, own.ranges),
    tallies: own.tallies,
  }));
  /** Per signature, per dump. */
  let sketches: AddressSketch[][] = periods.map(() => memories.map(() => newAddressSketch()));
  beginPart();

  function hitList(kind: TokenKind, place: Place): HitList {
    return { place, pairs: new Uint32Array(buffer, place, 2 * mostHits(kind)), count: 0 };
  }

  /** What was counted before bounds what can be kept of the whole: see addSketch. */
  function beginPart(): void {
    sketches = sketches.map((own) => own.map(({ limit }) => newAddressSketch(limit)));
    for (const [index, { isShared, stride }] of periods.entries()) {
      for (const [dump, { limit }] of sketches[index]!.entries())
        beginTally(buffer, tallyPlace(dump, index), { isShared, stride, limit });
    }
  }

  function tallyPlace(dump: number, index: number): Place {
    return tables[dump]!.tallies + tallyBytes * index;
  }

  /** Brings what stands from an address on to `place`, and around it what companions need. Returns whole words' bytes. */
  function readStep(memory: Memory, start: Address, end: Address): number {
    let before = 0;
    if (memory.capturedBytesFrom(start - wordBytes, wordBytes) === wordBytes) {
      before = farthestCompanion;
      while (memory.capturedBytesFrom(start - before, before) < before) before -= wordBytes;
    }
    bytes.fill(0, margin, place - before);
    const wanted = end - start - ((end - start) % 4);
    const words = new Uint32Array(buffer, place - before, (before + wanted + farthestCompanion) / 4);
    const got = Math.max(0, readWordHalves(memory, start - before, words) - before);
    bytes.fill(0, place + got - (got % wordBytes), place + wanted + farthestCompanion);
    return Math.min(got, wanted);
  }

  /** Adds the hits of a step: values that stand in it, and shapes whose last word does. */
  function findIn(
    dump: number,
    { start, end, rangeStart }: CountStep,
    origin: Address,
    into: Record<TokenKind, HitList>,
  ) {
    // What lies in front of the range is not looked at.
    const before = Math.min(overlap, start - rangeStart!);
    const from = start - before;
    const got = readStep(memories[dump]!, from, end);
    const stretch = { place, bytes: got - (got % 8), wordBytes };
    const { value, shape, ranges } = tables[dump]!;
    const placesIn = ({ place: list, count }: HitList): HitPlaces => ({
      hits: list + 8 * count,
      origin: place - (from - origin),
    });
    if (value.count > 0) into.value.count += kernels.findValues(stretch, before, value, placesIn(into.value));
    if (shape.count > 0) into.shape.count += kernels.findShapes(stretch, shape, ranges, placesIn(into.shape));
  }

  function tally(dump: number, list: Table, origin: Address): void {
    const count = kernels.tallyHits(list, origin, tables[dump]!.tallies, told);
    for (let index = 0; index < count; index++) {
      const signature = toldSignatures[4 * index + 2]!;
      const sketch = sketches[signature]![dump]!;
      const { limit } = sketch;
      sketch.add(toldAddresses[2 * index]!);
      if (sketch.limit < limit) setTallyLimit(buffer, tallyPlace(dump, signature), sketch.limit);
    }
  }

  return {
    add({ start, steps }) {
      const origin = start - overlap;
      let read = 0;
      for (const [dump, own] of steps().entries()) {
        const found = hits[dump % 2]!;
        const before = hits[(dump + 1) % 2]!;
        found.value.count = 0;
        found.shape.count = 0;
        for (const step of own) {
          if (step.rangeStart === undefined) {
            copyHits(before.value, found.value, step.start - origin, step.end - origin);
            copyHits(before.shape, found.shape, step.start - origin - reach, step.end - origin - reach);
          } else {
            findIn(dump, step, origin, found);
            read += step.end - step.start;
          }
        }
        for (const kind of tokenKinds) tally(dump, found[kind], origin);
      }
      return read;
    },
    finishPart() {
      const tallies = sketches.map((own, index) =>
        own.map(({ limit, addresses }, dump) => ({
          ...readTally(buffer, tallyPlace(dump, index)),
          sketch: { limit, addresses },
        })),
      );
      beginPart();
      return tallies;
    },
  };
}

function tokensOf(signatures: readonly Signature[], kind: TokenKind): Token[] {
  const tokens = new Map<number, Token>();
  for (const [index, { period, companions }] of signatures.entries()) {
    if (period.kind !== kind) continue;
    const known = tokens.get(period.key)?.signatures ?? [];
    tokens.set(period.key, { ...wordOfKey(kind, period.key), signatures: [...known, { index, companions }] });
  }
  return [...tokens.values()];
}

/** Takes over the hits at offsets from `start` to `end` of another dump's window. */
function copyHits({ pairs, count }: HitList, to: HitList, start: number, end: number): void {
  const first = firstAt(pairs, count, start);
  const stop = firstAt(pairs, count, end);
  to.pairs.set(pairs.subarray(2 * first, 2 * stop), 2 * to.count);
  to.count += stop - first;
}

/** Index of the first hit at or behind the offset. */
function firstAt(pairs: Uint32Array, count: number, offset: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (pairs[2 * middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
