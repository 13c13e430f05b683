// Random numbers that are the same in every run of the plan.

export interface Random {
  /** 0 up to, but not including, 1. */
  next(): number;
  /** A whole number, both ends included. */
  whole(min: number, max: number): number;
}

/** mulberry32 by Tommy Ettinger, public domain. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, whole: (min, max) => min + Math.floor(next() * (max - min + 1)) };
}

/** Deals all cards in random order before any comes again, so that every value of a parameter is met equally often. */
export function deckOf<T>(cards: readonly T[], random: Random): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = [...cards];
    return left.splice(random.whole(0, left.length - 1), 1)[0]!;
  };
}
