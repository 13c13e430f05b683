// Sets of addresses as sorted ranges that never overlap; `end` is exclusive.
import type { Address } from './address.ts';

export interface Interval {
  readonly start: Address;
  readonly end: Address;
}

/** Sorts, and joins what overlaps or touches. */
export function union(intervals: readonly Interval[]): Interval[] {
  const sorted = [...intervals].filter((one) => one.start < one.end).sort((a, b) => a.start - b.start);
  const joined: { start: Address; end: Address }[] = [];
  for (const one of sorted) {
    const last = joined.at(-1);
    if (last && one.start <= last.end) last.end = Math.max(last.end, one.end);
    else joined.push({ start: one.start, end: one.end });
  }
  return joined;
}

/** What lies in both sets. */
export function intersection(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const common: Interval[] = [];
  for (let left = 0, right = 0; left < a.length && right < b.length; ) {
    const start = Math.max(a[left]!.start, b[right]!.start);
    const end = Math.min(a[left]!.end, b[right]!.end);
    if (start < end) common.push({ start, end });
    if (a[left]!.end <= b[right]!.end) left++;
    else right++;
  }
  return common;
}

/** What lies in the first set and not in the second. */
export function difference(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const rest: Interval[] = [];
  let right = 0;
  for (const one of a) {
    let start = one.start;
    while (right < b.length && b[right]!.end <= start) right++;
    for (let index = right; index < b.length && b[index]!.start < one.end; index++) {
      if (b[index]!.start > start) rest.push({ start, end: b[index]!.start });
      start = Math.max(start, b[index]!.end);
    }
    if (start < one.end) rest.push({ start, end: one.end });
  }
  return rest;
}
