// A table in the kernels' memory that tells which addresses are mapped, in a step or two however many ranges there are.
//
// Addresses are few stretches of near ranges with wide gaps between them. Each stretch is cut into granules of equal size,
// pages where they are not too many, and has a code for each: nothing of it is mapped, all, or a part. Only ranges that a
// part of a granule belongs to are listed by their bounds. Where ranges lie far from one another, as those of V8's heap do,
// granules are large, and much of what is asked for lies in one of which a part is mapped: so every few granules are a
// group, of which is told where in that list to look.
//
// What was found is kept in slots, one for each of so many granules of 64 KiB, the least that allocators map: kernels look
// there first, and fill them.
//
// It stands as: place and number of those bounds, and of the widest ranges, 4 bytes each; start and end of the gap around
// small numbers, and of that around pairs of them, 8 bytes each; the slots, start and end of mapped memory, 8 bytes each; the
// stretches, with their first address, which begins a granule, and their end, 8 bytes each, the place of their codes, the
// binary logarithm of their granule and the place of their groups, 4 bytes each, and 4 bytes of nothing; the widest ranges,
// start and end, 8 bytes each; the bounds, all starts, then all ends, 8 bytes each; of each group, and of one behind the
// last, the index of the first listed range that ends behind its beginning, 4 bytes each; the codes, one byte each.
import type { Address } from '../model/address.ts';
import { columnsOf, type Interval } from '../model/intervals.ts';
import type { List } from '../model/list.ts';
import { lowerBound } from '../model/lower-bound.ts';
import type { Place, Table } from './kernels.ts';

export const granuleCodes = { unmapped: 0, mapped: 1, partly: 2 } as const;

const headerBytes = 48;
/** They fit the processor's nearest cache. */
const slotCount = 1024;
const slotBytes = 16;
/** Of the stretches, behind the table's beginning. */
export const stretchesOffset = headerBytes + slotCount * slotBytes;
export const stretchBytes = 32;

/** Of several programs' worth of memory: few have more than ten. */
const mostStretches = 16;
/** Ranges closer than that are of one stretch. */
const narrowGap = 1 << 20;
/** Nothing smaller than a page is mapped. */
const smallestGranule = 12;
/** Codes that a stretch may take, and those for each of its ranges where these are more. */
const fewCodes = 1 << 14;
const codesPerRange = 4;
/** Granules of a group: of so few most hold no more than one range. */
const groupGranules = 8;
/** Ranges that kernels hold words against several at a time: most pointers of a process lead into few large ones. */
const mostWide = 8;

/** One small number, and two side by side: most words that are no address lie where nothing is mapped around these. */
const smallNumbers = [0x1000, 0x10_0000_0000];

export interface AddressTable {
  readonly bytes: number;
  /** At a place that is a multiple of 8; the table's count is that of the stretches. */
  write(buffer: ArrayBuffer, place: Place): Table;
}

interface Stretch {
  readonly start: Address;
  readonly end: Address;
  /** Binary logarithm. */
  readonly granule: number;
  readonly codes: Uint8Array;
  /** Empty where of no granule a part is mapped. */
  readonly groups: Uint32Array;
}

/** @param ranges sorted, not touching */
export function planAddressTable(ranges: List<Interval>): AddressTable {
  const [starts, ends] = columnsOf(ranges);
  const stretches: Stretch[] = [];
  const partly: number[] = [];
  let first = 0;
  for (const next of [...widestGaps(starts, ends), starts.length]) {
    if (next === first) continue;
    const own = [starts.subarray(first, next), ends.subarray(first, next)] as const;
    const listed = partly.length;
    const coded = codedStretch(own, (index) => partly.push(first + index));
    const partlyEnds = partly.slice(listed).map((index) => ends[index]!);
    stretches.push({ ...coded, groups: groupsOf(coded, partlyEnds).map((index) => listed + index) });
    first = next;
  }
  const wide = widest(starts, ends);
  const ownBytes = stretches.reduce((sum, { codes, groups }) => sum + codes.length + groups.byteLength, 0);
  return {
    bytes: stretchesOffset + stretchBytes * stretches.length + 16 * (wide.length + partly.length) + ownBytes,
    write(buffer, place) {
      const wides = place + stretchesOffset + stretchBytes * stretches.length;
      const bounds = wides + 16 * wide.length;
      new Uint32Array(buffer, place, 4).set([bounds, partly.length, wides, wide.length]);
      new BigInt64Array(buffer, place + 16, 4).set(smallNumbers.flatMap((value) => gapAround(value, starts, ends)));
      new BigInt64Array(buffer, place + headerBytes, 2 * slotCount).fill(0n);
      new BigInt64Array(buffer, wides, 2 * wide.length).set(
        wide.flatMap((index) => [BigInt(starts[index]!), BigInt(ends[index]!)]),
      );
      writeStretches(buffer, place + stretchesOffset, stretches, bounds + 16 * partly.length);
      const table = new BigInt64Array(buffer, bounds, 2 * partly.length);
      for (const [index, range] of partly.entries()) {
        table[index] = BigInt(starts[range]!);
        table[partly.length + index] = BigInt(ends[range]!);
      }
      return { place, count: stretches.length };
    },
  };
}

/** @param ownPlace of all groups, behind which all codes stand */
function writeStretches(buffer: ArrayBuffer, place: Place, stretches: readonly Stretch[], ownPlace: Place): void {
  let groupPlace = ownPlace;
  let codePlace = ownPlace + stretches.reduce((sum, { groups }) => sum + groups.byteLength, 0);
  for (const [index, { start, end, granule, codes, groups }] of stretches.entries()) {
    const at = place + stretchBytes * index;
    new BigInt64Array(buffer, at, 2).set([BigInt(start), BigInt(end)]);
    new Uint32Array(buffer, at + 16, 4).set([codePlace, granule, groupPlace, 0]);
    new Uint32Array(buffer, groupPlace, groups.length).set(groups);
    new Uint8Array(buffer, codePlace, codes.length).set(codes);
    groupPlace += groups.byteLength;
    codePlace += codes.length;
  }
}

/** Start and end of where nothing is mapped around a value; the same where something is. */
function gapAround(value: Address, starts: Float64Array, ends: Float64Array): [bigint, bigint] {
  const next = lowerBound(ends, value + 1);
  if (next < starts.length && starts[next]! <= value) return [0n, 0n];
  const start = next > 0 ? BigInt(ends[next - 1]!) : 1n - 2n ** 63n;
  return [start, next < starts.length ? BigInt(starts[next]!) : 2n ** 63n - 1n];
}

/** Indices of the ranges behind the widest gaps, ascending. */
function widestGaps(starts: Float64Array, ends: Float64Array): number[] {
  const gap = (index: number) => (index === 0 ? 0 : starts[index]! - ends[index - 1]!);
  return largest(starts.length, gap, { most: mostStretches - 1, above: narrowGap }).sort((a, b) => a - b);
}

/** Indices of the widest ranges, the widest first. */
function widest(starts: Float64Array, ends: Float64Array): number[] {
  return largest(starts.length, (index) => ends[index]! - starts[index]!, { most: mostWide, above: 0 });
}

/** Indices of the largest of so many values, the largest first; of equals the first ones. */
function largest(
  count: number,
  valueAt: (index: number) => number,
  { most, above }: { readonly most: number; readonly above: number },
): number[] {
  const found: { readonly index: number; readonly value: number }[] = [];
  let least = above;
  for (let index = 0; index < count; index++) {
    const value = valueAt(index);
    if (value <= least) continue;
    found.push({ index, value });
    if (found.length <= most) continue;
    found.sort((a, b) => b.value - a.value || a.index - b.index).pop();
    least = found.at(-1)!.value;
  }
  return found.sort((a, b) => b.value - a.value || a.index - b.index).map(({ index }) => index);
}

/** @param onPartly told of the indices of ranges that do not begin and end with a granule */
function codedStretch(
  [starts, ends]: readonly [Float64Array, Float64Array],
  onPartly: (index: number) => void,
): Omit<Stretch, 'groups'> {
  const end = ends.at(-1)!;
  const most = Math.max(fewCodes, codesPerRange * starts.length);
  let granule = smallestGranule;
  while ((end - starts[0]!) / 2 ** granule > most - 1) granule++;
  const size = 2 ** granule;
  const start = Math.floor(starts[0]! / size) * size;
  const codes = new Uint8Array(Math.ceil((end - start) / size));
  for (let index = 0; index < starts.length; index++) {
    const from = (starts[index]! - start) / size;
    const to = (ends[index]! - start) / size;
    const first = Math.ceil(from);
    const last = Math.floor(to);
    for (let at = first; at < last; at++) codes[at] = granuleCodes.mapped;
    if (first === from && last === to) continue;
    if (first !== from) codes[first - 1] = granuleCodes.partly;
    if (last !== to) codes[last] = granuleCodes.partly;
    onPartly(index);
  }
  return { start, end, granule, codes };
}

/** @param partlyEnds of the stretch's ranges that are listed */
function groupsOf({ start, granule, codes }: Omit<Stretch, 'groups'>, partlyEnds: readonly Address[]): Uint32Array {
  if (partlyEnds.length === 0) return new Uint32Array();
  const groupBytes = groupGranules * 2 ** granule;
  let next = 0;
  return Uint32Array.from({ length: Math.ceil(codes.length / groupGranules) + 1 }, (_, group) => {
    while (next < partlyEnds.length && partlyEnds[next]! <= start + group * groupBytes) next++;
    return next;
  });
}
