// Where the allocator keeps what was asked for, blocks of one request that got different strides are one class.
import { joinSketches } from './address-sketch.ts';
import type { AllocationClass } from './allocation-class.ts';

/**
 * One request may end up at several strides: musl maps some large blocks for themselves and puts others of the same
 * size into groups, Windows has a front end and a back end. Which one a block gets depends on what is free, so neither
 * class on its own grows steadily when the request leaks. Their counts stand together under the usual stride.
 */
export function joinStrides(classes: readonly AllocationClass[]): AllocationClass[] {
  const groups = new Map<string, AllocationClass[]>();
  for (const [index, one] of classes.entries()) {
    const request = mainRequest(one);
    const key = request === undefined ? `class ${index}` : `${one.allocator} ${request}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].map((group) => (group.length === 1 ? group[0]! : join(group)));
}

/** The request that most of the class's blocks were made for. */
function mainRequest(one: AllocationClass): number | undefined {
  for (const [request, counts] of one.requests) if (counts.at(-1)! > one.counts.at(-1)! / 2) return request;
  return undefined;
}

function join(group: readonly AllocationClass[]): AllocationClass {
  const usual = group.reduce((best, one) => (one.counts.at(-1)! > best.counts.at(-1)! ? one : best));
  const requests = new Map<number, Float64Array>();
  for (const one of group) {
    for (const [request, counts] of one.requests) {
      const known = requests.get(request);
      requests.set(request, known ? sum([known, counts]) : counts);
    }
  }
  const freeCounts = group.flatMap((one) => (one.freeCounts ? [one.freeCounts] : []));
  return {
    ...usual,
    counts: sum(group.map((one) => one.counts)),
    freeCounts: freeCounts.length === group.length ? sum(freeCounts) : null,
    requests,
    sketches: usual.sketches.map((_, dump) => joinSketches(group.map((one) => one.sketches[dump]!))),
  };
}

function sum(lists: readonly Float64Array[]): Float64Array {
  return lists[0]!.map((_, index) => lists.reduce((total, list) => total + list[index]!, 0));
}
