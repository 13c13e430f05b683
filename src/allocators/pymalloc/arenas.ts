import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { addressIn, capturedHalves, readWords, staticDataOf } from '../static-data.ts';
import { poolSizes, readPool } from './pools.ts';

/** Memory that pools are cut from. */
export interface Arena {
  readonly start: Address;
  readonly end: Address;
  readonly poolBytes: number;
  /** Its place in the array, which each of its pools holds. */
  readonly index: number;
  readonly firstPool: Address;
  /** Behind the last pool that was ever in use. */
  readonly poolsEnd: Address;
}

export interface ArenaArray {
  readonly address: Address;
  readonly arenas: readonly Arena[];
}

/** struct arena_object of CPython Objects/obmalloc.c; `address` is 0 in those that have no memory. */
const arenaFields = { address: 0, poolAddress: 8, freePools: 16, totalPools: 20, next: 32, previous: 40 } as const;
const arenaBytes = 48;
const poolsPerArena = 64;
/** INITIAL_ARENA_OBJECTS: the array never has fewer. */
const fewestArenas = 16;
const mostArenas = 1 << 20;
const pageBytes = 4096;
/** The array is handed out by malloc. */
const arrayAlignment = 16;
const mostCandidates = 1 << 20;

/**
 * Finds the arrays of arenas that static data points to. All of an array has to make sense, and the first pool of each
 * arena has to know the arena's place in the array.
 */
export function findArenaArrays(memory: Memory): ArenaArray[] {
  // Found first and read later, for what is looked through may not read in its turn.
  const candidates = new Set<Address>();
  const hasMemory = capturedHalves(memory.dump);
  readWords(memory, staticDataOf(memory), 0, (words, _start, data) => {
    for (let i = 0; i + 1 < words.length; i += 2) {
      const high = words[i + 1]!;
      if (high === 0 && words[i]! < pageBytes) continue;
      if (high > 0xffff || hasMemory[high] === 0 || words[i]! % arrayAlignment !== 0) continue;
      const address = addressIn(words, i);
      // Most pointers in static data point to other static data.
      if ((address >= data.start && address < data.end) || memory.capturedBytesFrom(address, 1) === 0) continue;
      candidates.add(address);
      if (candidates.size >= mostCandidates) return true;
    }
    return undefined;
  });
  const found = [...candidates].flatMap((address) => {
    const arenas = readArenas(memory, address);
    return arenas.length > 0 ? [{ address, arenas }] : [];
  });
  // Static data also points into the middle of the array, to arenas with free pools.
  return found
    .sort((a, b) => b.arenas.length - a.arenas.length)
    .filter(
      ({ arenas }, index) => !found.slice(0, index).some((other) => arenas.some((one) => isAmong(one, other.arenas))),
    );
}

function isAmong({ start, end }: Arena, arenas: readonly Arena[]): boolean {
  return arenas.some((other) => start < other.end && other.start < end);
}

/** The arenas of an array at an address, sorted by their own; none where there is no such array. */
function readArenas(memory: Memory, address: Address): Arena[] {
  const arenas: Arena[] = [];
  const view = new DataView(new ArrayBuffer(arenaBytes));
  const bytes = new Uint8Array(view.buffer);
  // Those without memory are in a list, which has one end: zeros are no array.
  let listEnds = 0;
  for (let index = 0; index < mostArenas; index++) {
    const isRead = memory.read(address + index * arenaBytes, bytes) === arenaBytes;
    const arena = isRead ? readArena(view, { array: address, index, memory }) : undefined;
    if (arena === 'unused' && linkOf(view, arenaFields.next) === 0) listEnds += 1;
    if (arena === undefined || listEnds > 1) {
      if (index < fewestArenas) return [];
      break;
    }
    if (arena !== 'unused') arenas.push(arena);
  }
  return arenas.sort((a, b) => a.start - b.start);
}

function linkOf(view: DataView, field: number): Address {
  return Number(view.getBigUint64(field, true));
}

/** Leads to another arena of the array, or nowhere. */
function isLink(view: DataView, field: number, array: Address): boolean {
  const link = linkOf(view, field);
  return link === 0 || (link >= array && (link - array) % arenaBytes === 0);
}

function readArena(
  view: DataView,
  { array, index, memory }: { readonly array: Address; readonly index: number; readonly memory: Memory },
): Arena | 'unused' | undefined {
  const start = Number(view.getBigUint64(arenaFields.address, true));
  // Those with free pools are in a list that leads both ways. Full ones may hold what was true before the array moved.
  if (start === 0) return isLink(view, arenaFields.next, array) ? 'unused' : undefined;
  if (start % pageBytes !== 0) return undefined;
  const poolsEnd = Number(view.getBigUint64(arenaFields.poolAddress, true));
  const free = view.getUint32(arenaFields.freePools, true);
  const total = view.getUint32(arenaFields.totalPools, true);
  const areLinks = [arenaFields.next, arenaFields.previous].every((field) => isLink(view, field, array));
  if (free > 0 && !areLinks) return undefined;
  for (const poolBytes of poolSizes) {
    const end = start + poolsPerArena * poolBytes;
    const firstPool = Math.ceil(start / poolBytes) * poolBytes;
    if (total !== Math.floor((end - firstPool) / poolBytes) || free > total) continue;
    // Each new arena gives a pool at once.
    if (poolsEnd <= firstPool || poolsEnd > end || poolsEnd % poolBytes !== 0) continue;
    if (readPool(memory, firstPool, poolBytes)?.arenaIndex !== index) continue;
    return { start, end, poolBytes, index, firstPool, poolsEnd };
  }
  return undefined;
}
