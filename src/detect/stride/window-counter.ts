// Reads windows of memory for the tokens of signatures only, as fast as they can be read, and counts the blocks they mark.
import { planAddressTable } from '../../kernels/address-table.ts';
import type { Kernels, Place, Table } from '../../kernels/kernels.ts';
import { reopenKernels } from '../../kernels/open-kernels.ts';
import { newPlaces } from '../../kernels/take-places.ts';
import { beginTally, readTally, setTallyLimit, tallyBytes } from '../../kernels/tally-table.ts';
import { hitsPerWord, type Token, tokenTableBytes, writeTokens } from '../../kernels/token-table.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { union } from '../../model/intervals.ts';
import { type AddressSketch, newAddressSketch } from '../address-sketch.ts';
import type { BlockTally } from './block-tally.ts';
import { type PlannedWindow, windowBytes } from './count-plan.ts';
import type { Signature } from './signature.ts';
import { newTokenSearch, overlapOf, searchRoom } from './token-search.ts';
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

/** Hits tallied at a time: all of the first ones are told of, as no limit is known yet. */
const hitsPerTally = 2048;

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
  const overlap = overlapOf(wordBytes);
  const tokens = signatures.map((own) => ({ value: tokensOf(own, 'value'), shape: tokensOf(own, 'shape') }));
  const mapped = memories.map(({ dump }, index) =>
    planAddressTable(tokens[index]!.shape.length > 0 ? union(dump.regions) : []),
  );

  const { take, size } = newPlaces(8);
  const room = { batch: take(searchRoom.batch), steps: take(searchRoom.steps) };
  const mostHits = (kind: TokenKind) => ((overlap + windowBytes) / wordBytes) * hitsPerWord(tokens[0]![kind]);
  // Of one dump and the one before, in turn.
  const hitPlaces = [0, 1].map(() => ({ value: take(8 * mostHits('value')), shape: take(8 * mostHits('shape')) }));
  const told = take(2 * 16 * hitsPerTally);
  const tablePlaces = memories.map((_, dump) => ({
    value: take(tokenTableBytes(tokens[dump]!.value)),
    shape: take(tokenTableBytes(tokens[dump]!.shape)),
    ranges: take(mapped[dump]!.bytes),
    tallies: take(tallyBytes * periods.length),
  }));

  const kernels = reopenKernels(size(), done);
  const { buffer } = kernels;
  const hits = hitPlaces.map(({ value, shape }) => ({
    value: { place: value, count: 0 },
    shape: { place: shape, count: 0 },
  }));
  const toldAddresses = new Float64Array(buffer, told, 4 * hitsPerTally);
  const toldSignatures = new Uint32Array(buffer, told, 2 * toldAddresses.length);
  const tables = tablePlaces.map((own, dump) => ({
    value: writeTokens(buffer, own.value, tokens[dump]!.value),
    shape: writeTokens(buffer, own.shape, tokens[dump]!.shape),
    ranges: mapped[dump]!.write(buffer, own.ranges),
    tallies: own.tallies,
  }));
  const searches = memories.map((memory, dump) => {
    const { value, shape, ranges } = tables[dump]!;
    const [found, before] = [hits[dump % 2]!, hits[(dump + 1) % 2]!];
    return newTokenSearch({ memory, kernels, room, tokens: { value, shape }, ranges, found, before });
  });
  /** Per signature, per dump. */
  let sketches: AddressSketch[][] = periods.map(() => memories.map(() => newAddressSketch()));
  beginPart();

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

  function tally(dump: number, { place, count }: Table, origin: Address): void {
    for (let first = 0; first < count; first += hitsPerTally) {
      const some = { place: place + 8 * first, count: Math.min(hitsPerTally, count - first) };
      keepTold(dump, kernels.tallyHits(some, origin, tables[dump]!.tallies, told));
    }
  }

  function keepTold(dump: number, count: number): void {
    for (let index = 0; index < count; index++) {
      const signature = toldSignatures[4 * index + 2]!;
      const sketch = sketches[signature]![dump]!;
      const { limit } = sketch;
      sketch.add(toldAddresses[2 * index]!);
      if (sketch.limit < limit) setTallyLimit(buffer, tallyPlace(dump, signature), sketch.limit);
    }
  }

  return {
    add({ start, plan }) {
      const origin = start - overlap;
      let read = 0;
      for (const [dump, search] of searches.entries()) {
        search.begin(origin);
        plan(dump, search);
        read += search.finish();
        for (const kind of tokenKinds) tally(dump, search.found[kind], origin);
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
