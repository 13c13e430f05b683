// Which region of one run is which of another. The rules stand in docs/comparing.md, in the order of pairTracks.
import { type Address, lastStartingAtOrBelow } from '../model/address.ts';
import type { Dump } from '../model/dump.ts';
import type { Track } from '../model/track.ts';

export interface AddressSpace {
  readonly tracks: readonly Track[];
  /** One of its dumps. */
  readonly dump: Dump;
}

export interface Pair {
  readonly partner: Track;
  /** From the address in the other run to that of the partner, in bytes: whole pages. */
  readonly shift: number;
}

/** By track of the other run. */
export type Pairing = ReadonlyMap<Track, Pair>;

interface PairingState {
  readonly first: AddressSpace;
  readonly other: AddressSpace;
  readonly pairing: Map<Track, Pair>;
  readonly taken: Set<Track>;
}

const smallestPage = 4096;
/** Moved along with the module beside it, a region that begins and ends elsewhere has to share this much. */
const leastOverlap = 0.5;

export function pairTracks(first: AddressSpace, other: AddressSpace): Pairing {
  const state = {
    first: sorted(first),
    other: sorted(other),
    pairing: new Map<Track, Pair>(),
    taken: new Set<Track>(),
  };
  pairFiles(state);
  pairStacks(state);
  pairAlone(state, (track) => (track.kind === 'heap' && !isMapping(track) ? track.name : undefined));
  pairNeighbours(
    state,
    [...state.pairing.keys()].filter((track) => !isFile(track)),
  );
  if (first.dump.operatingSystem !== 'windows') {
    pairBesideModules(state);
    pairProgramBreaks(state);
    pairNeighbours(state, [...state.pairing.keys()].filter(isAnonymous));
  }
  pairInOrder(state);
  return state.pairing;
}

function sorted({ tracks, dump }: AddressSpace): AddressSpace {
  return { tracks: [...tracks].sort((a, b) => a.start - b.start), dump };
}

function isFile({ kind, name }: Track): boolean {
  return (kind === 'image' || kind === 'mapped-file') && name !== '';
}

/** Memory that is neither a file's nor a stack. */
function isAnonymous(track: Track): boolean {
  return track.kind !== 'stack' && !isFile(track);
}

/** glibc's blocks with a mapping of their own: they lie where other mappings lie. */
function isMapping({ name }: Track): boolean {
  return name.endsWith('mmapped chunks');
}

function sizeOf(track: Track): number {
  return track.end - track.start;
}

function pair({ pairing, taken }: PairingState, own: Track, partner: Track, shift: number): void {
  if (shift % smallestPage !== 0) return;
  pairing.set(own, { partner, shift });
  taken.add(partner);
}

/** What has no partner yet. */
function openOf({ first, other, pairing, taken }: PairingState) {
  return {
    own: other.tracks.filter((track) => !pairing.has(track)),
    partners: first.tracks.filter((track) => !taken.has(track)),
  };
}

/** Programs, libraries and mapped files by path; a file that is mapped several times in the order of addresses. */
function pairFiles(state: PairingState): void {
  const { own, partners } = openOf(state);
  const keyOf = (track: Track) => (isFile(track) ? `${track.kind} ${track.name}` : undefined);
  pairInTurn(groupBy(own, keyOf), groupBy(partners, keyOf), (track, partner) =>
    pair(state, track, partner, partner.start - track.start),
  );
}

/** The first thread's by name, the others in the order in which the threads were made; they grow downward. */
function pairStacks(state: PairingState): void {
  const { own, partners } = openOf(state);
  const keyOf = ({ kind, name }: Track) => (kind !== 'stack' ? undefined : name === '[stack]' ? 'first' : 'further');
  pairInTurn(
    groupBy(inThreadOrder(own, state.other), keyOf),
    groupBy(inThreadOrder(partners, state.first), keyOf),
    (track, partner) => pair(state, track, partner, partner.end - track.end),
  );
}

/** Linux counts thread ids up, and lists first the one that crashed; Windows lists them as they were made. */
function inThreadOrder(tracks: readonly Track[], { dump }: AddressSpace): Track[] {
  const orderOf = new Map(dump.threads.map(({ id }, index) => [id, index]));
  const rank = ({ name }: Track) => {
    const id = Number(/^\[stack:(\d+)\]$/.exec(name)?.[1] ?? -1);
    return dump.operatingSystem === 'windows' ? (orderOf.get(id) ?? dump.threads.length) : id;
  };
  return [...tracks].sort((a, b) => rank(a) - rank(b) || a.start - b.start);
}

/** Regions whose key no other region of their run has. */
function pairAlone(state: PairingState, keyOf: (track: Track) => string | undefined): void {
  const { own, partners } = openOf(state);
  const theirs = groupBy(partners, keyOf);
  for (const [key, [track, ...more]] of groupBy(own, keyOf)) {
    const [partner, ...others] = theirs.get(key) ?? [];
    if (!track || !partner || more.length > 0 || others.length > 0) continue;
    pair(state, track, partner, partner.start - track.start);
  }
}

/** What stands right beside two of a pair: the guard below a stack, what an arena reserved. Goes on from there. */
function pairNeighbours(state: PairingState, from: readonly Track[]): void {
  const { own, partners } = openOf(state);
  const byStart = [own, partners].map((tracks) => new Map(tracks.map((track) => [track.start, track])));
  const byEnd = [own, partners].map((tracks) => new Map(tracks.map((track) => [track.end, track])));
  const queue = [...from];
  for (let track = queue.pop(); track; track = queue.pop()) {
    const { partner } = state.pairing.get(track)!;
    const above = [byStart[0]!.get(track.end), byStart[1]!.get(partner.end)] as const;
    const below = [byEnd[0]!.get(track.start), byEnd[1]!.get(partner.start)] as const;
    for (const [one, other] of [above, below]) {
      if (!one || !other || !areOfOneKind(one, other) || state.pairing.has(one) || state.taken.has(other)) continue;
      pair(state, one, other, one === above[0] ? other.start - one.start : other.end - one.end);
      if (state.pairing.has(one)) queue.push(one);
    }
  }
}

function areOfOneKind(a: Track, b: Track): boolean {
  return isAnonymous(a) && isAnonymous(b) && a.writable === b.writable;
}

/** A file that was paired, and how far it moved. */
interface Anchor {
  readonly track: Track;
  readonly start: Address;
  readonly shift: number;
}

/** Linux maps libraries and memory one below the other from one random address, so that neighbours stay neighbours. */
function pairBesideModules(state: PairingState): void {
  const anchors = [...state.pairing]
    .filter(([track]) => isFile(track))
    .map(([track, { shift }]): Anchor => ({ track, start: track.start, shift }))
    .sort((a, b) => a.start - b.start);
  const { own, partners } = openOf(state);
  const open = partners.filter(isAnonymous);
  for (const track of own.filter(isAnonymous)) {
    const found = shiftsBeside(track, anchors, state.other)
      .flatMap((shift) => bestOverlap(state, { track, shift, open }) ?? [])
      .sort((a, b) => b.share - a.share)[0];
    if (found) pair(state, track, found.partner, found.shift);
  }
}

/** How far the files below and above moved. What is behind the program but not next to it has an address of its own. */
function shiftsBeside(track: Track, anchors: readonly Anchor[], space: AddressSpace): number[] {
  const at = lastStartingAtOrBelow(anchors, track.start);
  const below = anchors[at];
  const above = anchors[at + 1];
  const holds = below && (!isProgram(below.track, space) || below.track.end === track.start);
  return [...new Set([...(above ? [above.shift] : []), ...(holds ? [below.shift] : [])])];
}

function isProgram({ kind, name }: Track, { dump }: AddressSpace): boolean {
  if (kind !== 'image' || dump.processName === null) return false;
  return name === dump.processName || name.endsWith(`/${dump.processName}`);
}

interface Moved {
  readonly track: Track;
  readonly shift: number;
  /** Sorted. */
  readonly open: readonly Track[];
}

function bestOverlap({ taken }: PairingState, { track, shift, open }: Moved) {
  const start = track.start + shift;
  const end = track.end + shift;
  let best: { partner: Track; shift: number; share: number } | undefined;
  for (let index = Math.max(0, lastStartingAtOrBelow(open, start)); index < open.length; index++) {
    const partner = open[index]!;
    if (partner.start >= end) break;
    if (taken.has(partner) || !areOfOneKind(partner, track)) continue;
    const overlap = Math.min(partner.end, end) - Math.max(partner.start, start);
    const share = overlap / Math.max(sizeOf(partner), sizeOf(track));
    const isAligned = partner.start === start || partner.end === end;
    if ((isAligned || share >= leastOverlap) && share > (best?.share ?? 0)) best = { partner, shift, share };
  }
  return best;
}

/** The memory that brk(2) extends, whatever allocator uses it. */
function pairProgramBreaks(state: PairingState): void {
  const own = programBreak(state.other);
  const partner = programBreak(state.first);
  if (!own || !partner || state.pairing.has(own) || state.taken.has(partner)) return;
  pair(state, own, partner, partner.start - own.start);
}

/** The first writable region behind the program and its data. */
function programBreak(space: AddressSpace): Track | undefined {
  const { tracks } = space;
  const program = tracks.findLastIndex((track) => isProgram(track, space));
  if (program < 0) return undefined;
  const hasData = tracks[program + 1]?.start === tracks[program]!.end;
  const found = tracks[program + (hasData ? 2 : 1)];
  return found && isAnonymous(found) && found.writable ? found : undefined;
}

/** What is left and alike between the same two files, in the order of addresses from the top, as mappings are made. */
function pairInOrder(state: PairingState): void {
  const { own, partners } = openOf(state);
  const files = [...state.pairing].filter(([track]) => isFile(track));
  const keyWith = (fixed: readonly Track[]) => {
    const sortedFiles = [...fixed].sort((a, b) => a.start - b.start);
    return (track: Track) => {
      if (!isAnonymous(track)) return undefined;
      if (track.kind === 'heap') return track.name;
      // Windows puts memory between modules as it comes.
      const isByPlace = state.first.dump.operatingSystem !== 'windows';
      const gap = isByPlace ? (sortedFiles[lastStartingAtOrBelow(sortedFiles, track.start)]?.name ?? '') : '';
      return `${track.writable} ${sizeOf(track)} ${gap}`;
    };
  };
  pairInTurn(
    groupBy(own.toReversed(), keyWith(files.map(([track]) => track))),
    groupBy(partners.toReversed(), keyWith(files.map(([, { partner }]) => partner))),
    (track, partner) => pair(state, track, partner, partner.start - track.start),
  );
}

/** The first of each list with the first of the other's with the same key, and so on. */
function pairInTurn(
  own: ReadonlyMap<string, readonly Track[]>,
  partners: ReadonlyMap<string, readonly Track[]>,
  found: (own: Track, partner: Track) => void,
): void {
  for (const [key, tracks] of own) {
    for (const [index, partner] of (partners.get(key) ?? []).slice(0, tracks.length).entries()) {
      found(tracks[index]!, partner);
    }
  }
}

function groupBy(tracks: readonly Track[], keyOf: (track: Track) => string | undefined): Map<string, Track[]> {
  const groups = new Map<string, Track[]>();
  for (const track of tracks) {
    const key = keyOf(track);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(track);
    else groups.set(key, [track]);
  }
  return groups;
}
