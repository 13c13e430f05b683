/** Some of many items, spread evenly over all, without keeping more than twice as many as are wanted. */
export interface EvenSample<T> {
  add(item: T): void;
  /** All that were added, if they are no more than wanted; else as many as are wanted, in the order they came. */
  items(): T[];
}

export function newEvenSample<T>(wanted: number): EvenSample<T> {
  let kept: T[] = [];
  let added = 0;
  // Every so many of those that come are kept.
  let step = 1;
  return {
    add(item) {
      if (added++ % step !== 0 || wanted === 0) return;
      kept.push(item);
      if (kept.length <= 2 * wanted) return;
      kept = kept.filter((_, index) => index % 2 === 0);
      step *= 2;
    },
    items: () => evenly(kept, wanted),
  };
}

/** `wanted` of the items, or all if they are fewer. */
export function evenly<T>(items: readonly T[], wanted: number): T[] {
  if (items.length <= wanted) return [...items];
  return Array.from({ length: wanted }, (_, index) => items[Math.floor((index * items.length) / wanted)]!);
}
