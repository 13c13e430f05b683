// Follows the sampled blocks of a class from dump to dump: a leaked block stays where it is, and as it is.
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import { type AddressSketch, comparable } from './address-sketch.ts';
import type { AllocationClass } from './allocation-class.ts';

export interface Survival {
  /** Blocks of the earlier dump that could be followed. */
  readonly sampled: number;
  /** Of those, live blocks at the same address in the later dump. */
  readonly survived: number;
  /** Of the survivors looked into, the share whose bytes did not change: freed and handed out again looks the same. */
  readonly unchangedShare: number;
}

/** Between two runs no block can be followed. */
export const notFollowed: Survival = { sampled: 0, survived: 0, unchangedShare: 1 };

const mostCompared = 128;
const comparedBytes = 256;

/** @param headerBytes of the block that belong to the allocator and may change under a living block */
export function survivalBetween(
  sizeClass: AllocationClass,
  memories: readonly Memory[],
  step: { readonly from: number; readonly to: number; readonly headerBytes: number },
): Survival {
  const earlier = sizeClass.sketches[step.from]!;
  const later = sizeClass.sketches[step.to]!;
  const sample = comparable(earlier, later);
  const alive = new Set(later.addresses);
  const survivors = sample.filter((address) => alive.has(address));
  return {
    sampled: sample.length,
    survived: survivors.length,
    unchangedShare: unchangedShare(survivors, sizeClass, memories, step),
  };
}

function unchangedShare(
  survivors: readonly Address[],
  sizeClass: AllocationClass,
  memories: readonly Memory[],
  step: { readonly from: number; readonly to: number; readonly headerBytes: number },
): number {
  const every = Math.max(1, Math.floor(survivors.length / mostCompared));
  const size = Math.max(8, Math.min(comparedBytes, sizeClass.stride - step.headerBytes));
  const before = new Uint8Array(size);
  const after = new Uint8Array(size);
  let compared = 0;
  let same = 0;
  for (let index = 0; index < survivors.length; index += every) {
    const at = survivors[index]! + step.headerBytes;
    const got = memories[step.from]!.read(at, before);
    if (got === 0 || memories[step.to]!.read(at, after) < got) continue;
    compared++;
    if (Buffer.compare(before.subarray(0, got), after.subarray(0, got)) === 0) same++;
  }
  return compared === 0 ? 1 : same / compared;
}

/** Of the blocks born between two dumps, the share that still lives in a later one; null when none was seen. */
export function keptShare(born: AddressSketch, before: AddressSketch, later: AddressSketch): number | null {
  const old = new Set(before.addresses);
  const limit = Math.min(before.limit, later.limit);
  const young = comparable(born, { ...before, limit }).filter((address) => !old.has(address));
  if (young.length === 0) return null;
  const alive = new Set(later.addresses);
  return young.filter((address) => alive.has(address)).length / young.length;
}

/** Blocks of the last dump that the first did not have, sorted: what a leak left behind. */
export function bornSince(last: AddressSketch, first: AddressSketch): Address[] {
  const old = new Set(first.addresses);
  return comparable(last, first).filter((address) => !old.has(address));
}
