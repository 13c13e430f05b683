import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { addressIn, readWords } from '../static-data.ts';
import { type CentralLists, spanBytes } from './central-lists.ts';

/** Objects that spans count as handed out and no program holds, with the class each belongs to. */
export type FreeObjects = ReadonlyMap<Address, number>;

/** sizeof(ThreadCache::FreeList) on 64-bit systems, and fields in it (gperftools src/thread_cache.h). */
const listBytes = 32;
const listLength = 8;
const listObjectSize = 24;

/** Where the pointers to a thread cache's neighbours stand, at the latest: after 128 lists and a few counters. */
const threadCacheBytes = 128 * listBytes + 512;
const mostThreads = 1 << 16;

/** kMaxDynamicFreeListLength is 8192, and a list may be longer until it is shrunk. */
const longestList = 1 << 20;

/** kMaxNumTransferEntries, and the largest transfer that can be asked for. */
const transferSlots = 64;
const longestTransfer = 1 << 13;

/** A Map holds no more than 2^24. */
const mostFreeObjects = 1 << 23;

/** Collects what threads keep in their caches and what lies in the transfer caches between them. */
export function readFreeObjects(memory: Memory, lists: CentralLists, classSizes: readonly number[]): FreeObjects {
  const free = new Map<Address, number>();
  readTransferCaches(memory, lists, free);
  for (const cache of findThreadCaches(memory, lists, classSizes)) {
    for (let index = 1; index < classSizes.length; index += 1) {
      const list = cache + index * listBytes;
      const length = memory.u32(list + listLength) ?? 0;
      const head = memory.i64(list) ?? 0;
      followChain(memory, head, Math.min(length, longestList), index, free);
    }
  }
  return free;
}

/** Slots hold chains of objects with their first and last (CentralFreeList::TCEntry). */
function readTransferCaches(memory: Memory, lists: CentralLists, free: Map<Address, number>): void {
  const slots = 2 * spanBytes + 16;
  if (lists.distance < slots + transferSlots * 16 + 12) return;
  for (let index = 1; index < lists.classCount; index += 1) {
    const at = lists.address + index * lists.distance + slots;
    const used = memory.u32(at + transferSlots * 16) ?? 0;
    if (used > transferSlots) continue;
    for (let slot = 0; slot < used; slot += 1) {
      const head = memory.i64(at + slot * 16) ?? 0;
      const tail = memory.i64(at + slot * 16 + 8) ?? 0;
      followChain(memory, head, longestTransfer, index, free, tail);
    }
  }
}

function followChain(
  memory: Memory,
  head: Address,
  limit: number,
  sizeClass: number,
  free: Map<Address, number>,
  tail?: Address,
): void {
  let at = head;
  for (let count = 0; count < limit && at > 0 && !free.has(at) && free.size < mostFreeObjects; count += 1) {
    free.set(at, sizeClass);
    if (at === tail) return;
    at = memory.i64(at) ?? 0;
  }
}

/**
 * Threads' caches: static data points at one or two of them, and each at its neighbours. One is known by the sizes of
 * all classes standing in its lists.
 */
function findThreadCaches(memory: Memory, lists: CentralLists, classSizes: readonly number[]): Set<Address> {
  const found = new Set<Address>();
  readWords(memory, [lists.data], 8, (words) => {
    for (let i = 0; i + 1 < words.length; i += 2) {
      if (words[i + 1] === 0 && words[i]! < 0x10000) continue;
      const address = addressIn(words, i);
      if (!found.has(address) && isThreadCache(memory, address, classSizes)) found.add(address);
    }
    return undefined;
  });
  // A set is iterated in order, with what is added on the way.
  for (const cache of found) {
    for (let at = cache + 128 * listBytes; at < cache + threadCacheBytes; at += 8) {
      const neighbour = memory.i64(at) ?? 0;
      if (found.size < mostThreads && isThreadCache(memory, neighbour, classSizes)) found.add(neighbour);
    }
  }
  return found;
}

function isThreadCache(memory: Memory, address: Address, classSizes: readonly number[]): boolean {
  if (!(address > 0) || address % 8 !== 0) return false;
  for (let index = 1; index < classSizes.length; index += 1) {
    if (memory.u32(address + index * listBytes + listObjectSize) !== classSizes[index]) return false;
  }
  return true;
}
