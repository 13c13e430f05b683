/** A label that wants to stand beside a place; all numbers in pixels along one axis. */
export interface LabelWish {
  /** Where its near edge would best be. */
  readonly at: number;
  readonly size: number;
  /** Higher ones stay when there is no room for all. */
  readonly priority: number;
}

export interface PlacedLabel {
  /** Index of the wish. */
  readonly index: number;
  readonly at: number;
}

/**
 * Moves labels as little as possible so that none overlaps and all lie within [from, to]. Those of lowest priority are
 * left out when they do not all fit. The result is in order along the axis.
 */
export function placeLabels(
  wishes: readonly LabelWish[],
  range: { from: number; to: number; gap: number },
): PlacedLabel[] {
  const kept = keepWhatFits(wishes, range.to - range.from, range.gap);
  // Taking away what stands before each label turns "no overlap" into "in order"; then neighbours that are out of
  // order are moved to their mean (pool adjacent violators), which is the smallest squared move.
  const pools: { sum: number; count: number; members: number[] }[] = [];
  let before = 0;
  const offsets: number[] = [];
  for (const index of kept) {
    offsets.push(before);
    let pool = { sum: wishes[index]!.at - before, count: 1, members: [index] };
    before += wishes[index]!.size + range.gap;
    for (let last = pools.at(-1); last && last.sum / last.count >= pool.sum / pool.count; last = pools.at(-1)) {
      pool = { sum: last.sum + pool.sum, count: last.count + pool.count, members: [...last.members, ...pool.members] };
      pools.pop();
    }
    pools.push(pool);
  }
  const latest = range.to - (before - range.gap);
  const placed: PlacedLabel[] = [];
  for (const pool of pools) {
    const base = Math.round(Math.max(range.from, Math.min(pool.sum / pool.count, latest)));
    for (const index of pool.members) placed.push({ index, at: base + offsets[placed.length]! });
  }
  return placed;
}

/** Indexes of the wishes that fit together, in order along the axis. */
function keepWhatFits(wishes: readonly LabelWish[], room: number, gap: number): number[] {
  const byPriority = wishes.map((_, index) => index).sort((a, b) => wishes[b]!.priority - wishes[a]!.priority || a - b);
  const kept: number[] = [];
  let left = room + gap;
  for (const index of byPriority) {
    const needed = wishes[index]!.size + gap;
    if (needed > left) continue;
    left -= needed;
    kept.push(index);
  }
  return kept.sort((a, b) => wishes[a]!.at - wishes[b]!.at || a - b);
}
