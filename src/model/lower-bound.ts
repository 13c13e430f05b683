// Where a value stands in a sorted list.

/** Index of the first item at or above the value. */
export function lowerBound(items: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
