// Follows regions through the dumps of one address space: what overlaps from dump to dump is one track, however it was split.
import { type Address, lastStartingAtOrBelow } from '../model/address.ts';
import { type Dump, type MemoryRegion, regionKinds } from '../model/dump.ts';
import { columnsOf, type Interval, type IntervalColumns, newIntervals, someIntervals } from '../model/intervals.ts';
import type { List } from '../model/list.ts';
import type { Track, TrackPresence } from '../model/track.ts';
import { type Groups, gapBits, gatherNeighbours, mostTracks } from './gather-neighbours.ts';

/**
 * Regions become tracks, sorted by address. Every region of every dump is in exactly one track.
 * @param most tracks that there are if need be; see gatherNeighbours
 */
export function matchRegions(dumps: readonly Dump[], most = mostTracks): Track[] {
  const lists = dumps.map((dump) => mergeFileMappings(namedByOthers(dump, dumps)));
  const { groups, groupOf } = groupOverlapping(lists);
  const trackOf = gatherNeighbours(groups, most);
  const placesOf: Places[][] = [];
  const groupCounts: number[] = [];
  for (const track of trackOf) groupCounts[track] = (groupCounts[track] ?? 0) + 1;
  for (const [dump, spans] of lists.entries()) {
    for (let first = 0; first < spans.regions.length; ) {
      const end = endOfSpan(spans, first);
      const track = trackOf[groupOf[dump]![first]!]!;
      placesOf[track] ??= dumps.map(() => []);
      addPlaces(placesOf[track][dump]!, first, end);
      first = end;
    }
  }
  const tracks = placesOf
    .map((places, track) => toTrack(lists, places, groupCounts[track]! > 1))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  return tracks.map((track, index) => ({ ...track, id: `r${index + 1}` }));
}

/** Indices of regions of one dump, from one up to another, in pairs. */
type Places = number[];

function addPlaces(places: Places, from: number, to: number): void {
  if (places.at(-1) === from) places[places.length - 1] = to;
  else places.push(from, to);
}

/** Their bounds: those of the dump's own table, where they stand side by side in it. */
function boundsAt({ regions, bounds }: Spans, places: Places): List<Interval> {
  if (places.length !== 2) return newIntervals(regionsAt(regions, places));
  return someIntervals(bounds, places[0]!, places[1]!);
}

function* regionsAt(regions: List<MemoryRegion>, places: Places): Generator<MemoryRegion, void> {
  for (let pair = 0; pair < places.length; pair += 2) {
    for (let index = places[pair]!; index < places[pair + 1]!; index++) yield regions.at(index)!;
  }
}

/**
 * A core that is cut off has often lost the list of mapped files, which gcore writes last. What another dump calls a
 * file's is not memory that went away when the file came.
 */
function namedByOthers(dump: Dump, dumps: readonly Dump[]): List<MemoryRegion> {
  if (dump.modules.length > 0) return dump.regions;
  const files = dumps
    .flatMap(({ regions, modules }) => (modules.length > 0 ? regions.filter(isOfFile) : []))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  if (files.length === 0) return dump.regions;
  return dump.regions.map((region) => {
    const file = files[lastStartingAtOrBelow(files, region.start)];
    const isInside = region.name === '' && file !== undefined && region.start < file.end && region.end <= file.end;
    return isInside ? { ...region, kind: file.kind, name: file.name } : region;
  });
}

function isOfFile({ kind, name }: MemoryRegion): boolean {
  return (kind === 'image' || kind === 'mapped-file') && name !== '';
}

/** The regions of one dump in spans, each of which is shown as one: the sections of one image, the mappings of one file. */
interface Spans {
  readonly regions: List<MemoryRegion>;
  readonly bounds: IntervalColumns;
  /** By region: 1 where it belongs to the span of the one before. Spans are told by the index of their first region. */
  readonly goesOn: Uint8Array;
}

/** One span for the neighbouring mappings of one file: a module is one thing to a reader, not five sections. */
function mergeFileMappings(regions: List<MemoryRegion>): Spans {
  const goesOn = new Uint8Array(regions.length);
  let before: MemoryRegion | undefined;
  let index = 0;
  for (const region of regions) {
    const isSameFile =
      before !== undefined && isOfFile(region) && before.name === region.name && before.kind === region.kind;
    if (isSameFile) goesOn[index] = 1;
    before = region;
    index++;
  }
  return { regions, bounds: columnsOf(regions), goesOn };
}

/** Index behind its last region. */
function endOfSpan({ goesOn }: Spans, first: number): number {
  let end = first + 1;
  while (goesOn[end] === 1) end++;
  return end;
}

function endAddress(spans: Spans, first: number): Address {
  return spans.bounds[1][endOfSpan(spans, first) - 1]!;
}

/** Memory that one thing can grow into; a file's mapping and anonymous memory at one address are two things. */
function family({ kind, name }: MemoryRegion): string {
  return kind === 'image' || kind === 'mapped-file' ? `${kind}:${name}` : anonymous;
}

const anonymous = 'anonymous';

/** See Groups. */
function likenessOf(region: MemoryRegion): number {
  const isPlain = region.name === '' && region.kind !== 'stack' && family(region) === anonymous;
  return isPlain ? regionKinds.indexOf(region.kind) * 2 + (region.writable ? 1 : 0) : -1;
}

/**
 * Sweeps over the spans of all dumps by start: a span joins the open group of its family that it overlaps. Groups of
 * one family never overlap each other, so that one open group per family is enough; overlap within one dump cannot
 * happen, and spans that only touch stay apart.
 */
function groupOverlapping(lists: readonly Spans[]): { groups: Groups; groupOf: Uint32Array[] } {
  const groupOf = lists.map(({ regions }) => new Uint32Array(regions.length));
  const most = lists.reduce((sum, { regions }) => sum + regions.length, 0);
  const likeness = new Int8Array(most);
  const gapsBefore = new Uint8Array(most);
  const open = new Map<string, { readonly group: number; end: Address }>();
  let count = 0;
  for (const { dump, first } of inOrder(lists)) {
    const list = lists[dump]!;
    const region = list.regions.at(first)!;
    const end = endAddress(list, first);
    const key = family(region);
    let last = open.get(key);
    if (last !== undefined && region.start < last.end) {
      last.end = Math.max(last.end, end);
      if (likeness[last.group] !== likenessOf(region)) likeness[last.group] = -1;
    } else {
      // Those that are alike are of one family, so that this is the last one's end for good.
      if (last?.group === count - 1) gapsBefore[count] = gapBits(region.start - last.end);
      last = { group: count++, end };
      likeness[last.group] = likenessOf(region);
      open.set(key, last);
    }
    groupOf[dump]![first] = last.group;
  }
  return { groups: { gapsBefore, likeness: likeness.subarray(0, count) }, groupOf };
}

/** The spans of all dumps by start, then end, then dump. The place is told in one object that is used again. */
function* inOrder(lists: readonly Spans[]): Generator<{ readonly dump: number; readonly first: number }, void> {
  const place = { dump: 0, first: 0 };
  const next = lists.map(() => 0);
  const starts = lists.map(({ bounds }) => bounds[0][0] ?? Number.POSITIVE_INFINITY);
  for (;;) {
    let nearest = 0;
    for (let dump = 1; dump < lists.length; dump++) {
      const isBefore =
        starts[dump]! < starts[nearest]! ||
        (starts[dump] === starts[nearest] &&
          starts[dump]! < Number.POSITIVE_INFINITY &&
          endAddress(lists[dump]!, next[dump]!) < endAddress(lists[nearest]!, next[nearest]!));
      if (isBefore) nearest = dump;
    }
    if (starts[nearest] === undefined || starts[nearest] === Number.POSITIVE_INFINITY) return;
    const list = lists[nearest]!;
    place.dump = nearest;
    place.first = next[nearest]!;
    next[nearest] = endOfSpan(list, place.first);
    starts[nearest] = list.bounds[0][next[nearest]!] ?? Number.POSITIVE_INFINITY;
    yield place;
  }
}

/**
 * The id is given when all tracks are in order.
 * @param places of the track's regions, by dump
 */
function toTrack(lists: readonly Spans[], places: readonly Places[], isGathered: boolean): Track {
  let first: MemoryRegion | undefined;
  let named: MemoryRegion | undefined;
  let stack: MemoryRegion | undefined;
  let writable = false;
  const presence = places.map((own, dump) => {
    let reservedBytes = 0;
    for (const region of regionsAt(lists[dump]!.regions, own)) {
      first ??= region;
      if (region.name !== '') named ??= region;
      if (region.kind === 'stack') stack ??= region;
      writable ||= region.writable;
      if (!region.writable && family(region) === anonymous) reservedBytes += region.end - region.start;
    }
    return toPresence(boundsAt(lists[dump]!, own), reservedBytes);
  });
  const present = presence.filter((one) => one !== null);
  const { kind, name } = stack ?? named ?? first!;
  const most = Math.max(...present.map(({ pieces }) => pieces.length));
  return {
    id: '',
    kind,
    name: isGathered ? `${most} neighbouring regions` : name,
    start: Math.min(...present.map(({ start }) => start)),
    end: Math.max(...present.map(({ end }) => end)),
    writable,
    presence,
  };
}

/** More are held as columns. */
const fewPieces = 4;

function toPresence(pieces: List<Interval>, reservedBytes: number): TrackPresence | null {
  if (pieces.length === 0) return null;
  return {
    start: pieces.at(0)!.start,
    end: pieces.at(-1)!.end,
    pieces: pieces.length <= fewPieces ? [...pieces] : pieces,
    mappedBytes: pieces.reduce((sum, { start, end }) => sum + end - start, 0),
    reservedBytes,
    shift: 0,
  };
}
