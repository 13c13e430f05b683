// The kernels of places in plain TypeScript: see scalar-kernels.ts.
import type { CommonestDistance, CountsBetween, PlaceKernels, SampleRoom, Table } from './kernels.ts';

export function scalarPlaces(buffer: ArrayBuffer): Omit<PlaceKernels, 'buffer'> {
  const listOf = ({ place, count }: Table) => new Uint32Array(buffer, place, count);

  /** Tells for an offset, of which each is larger than the one before, where its window begins and ends. */
  function windowFinder({ windows: { place, count } }: SampleRoom) {
    const borders = new Uint32Array(buffer, place, 2 * count);
    let window = 0;
    return (offset: number) => {
      while (offset >= borders[window + 1]!) window += 2;
      return { from: borders[window]!, to: borders[window + 1]! };
    };
  }

  function* gapsOf(places: Table, lag: number, room: SampleRoom): Generator<number, void> {
    const offsets = listOf(places);
    const windowOf = windowFinder(room);
    for (let index = lag; index < offsets.length; index++) {
      const before = offsets[index - lag]!;
      if (before >= windowOf(offsets[index]!).from) yield offsets[index]! - before;
    }
  }

  function* distancesBehind(places: Table, others: Table, below: number, room: SampleRoom): Generator<number, void> {
    const leaders = listOf(others);
    const windowOf = windowFinder(room);
    let next = 0;
    for (const offset of listOf(places)) {
      while (leaders[next]! <= offset) next++;
      const before = leaders[next - 1];
      if (before !== undefined && before >= windowOf(offset).from && offset - before < below) yield offset - before;
    }
  }

  function stepsOf(places: Table, distance: number, room: SampleRoom): Uint32Array {
    const offsets = listOf(places);
    const windowOf = windowFinder(room);
    return offsets.filter((offset, index) => {
      const before = offset - distance;
      return index > 0 && offsets[index - 1] === before && before >= windowOf(offset).from;
    });
  }

  return {
    commonestGap: (places, lag, room) => commonestOf(gapsOf(places, lag, room)),
    commonestBehind: (places, others, below, room) => commonestOf(distancesBehind(places, others, below, room)),
    countMultiples(places, lag, distance, room) {
      let count = 0;
      for (const gap of gapsOf(places, lag, room)) if (gap % distance === 0) count++;
      return count;
    },
    listSteps(places, distance, room, into) {
      const steps = stepsOf(places, distance, room);
      new Uint32Array(buffer, into, steps.length).set(steps);
      return steps.length;
    },
    countBetween(inner, places, distance, room) {
      const steps = stepsOf(places, distance, room);
      const inside = listOf(inner);
      return countsOf(
        Array.from(steps, (end) => inside.filter((offset) => offset >= end - distance && offset < end).length),
      );
    },
    countBeside(places, others, distance, room) {
      const known = new Set(listOf(others));
      const windowOf = windowFinder(room);
      return listOf(places).filter((offset) => {
        const { from, to } = windowOf(offset);
        const wanted = offset + distance;
        return wanted >= from && wanted < to && known.has(wanted);
      }).length;
    },
  };
}

function commonestOf(distances: Iterable<number>): CommonestDistance {
  const counts = new Map<number, number>();
  let all = 0;
  for (const distance of distances) {
    counts.set(distance, (counts.get(distance) ?? 0) + 1);
    all++;
  }
  const [distance, count] = [...counts].reduce(
    (best, one) => (one[1] > best[1] || (one[1] === best[1] && one[0] < best[0]) ? one : best),
    [0, 0],
  );
  return { distance, count, all };
}

function countsOf(counts: readonly number[]): CountsBetween {
  const { distance, count } = commonestOf(counts.filter((one) => one > 1));
  const between = counts.reduce((sum, one) => sum + one, 0);
  return { gaps: counts.length, between, commonest: distance, count };
}
