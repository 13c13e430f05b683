import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { addressIn, readWords } from '../static-data.ts';
import { type CentralLists, spanBytes, spanNext } from './central-lists.ts';

/** A run of pages (gperftools src/span.h). */
export interface Span {
  readonly start: Address;
  /** Bytes. */
  readonly size: number;
  /** 0 for one large object. */
  readonly sizeClass: number;
  readonly inUse: boolean;
  /** First object of the span's own free list, or 0. Of a sampled object: how it came to be. */
  readonly objects: Address;
  /** One small object that the profiler picked, in pages of its own. */
  readonly sampled: boolean;
  /** Objects handed out: to programs, threads' caches and the transfer cache. */
  readonly handedOut: number;
}

/** The two-level table from page number to span (src/pagemap.h). */
export interface PageMap {
  readonly root: Address;
  /** log2 of a page's bytes. */
  readonly pageShift: number;
}

/** Addresses have 48 bits; the upper level of the table gets the smaller half of a page number's. */
const addressBits = 48;
const pageShifts = [13, 12, 14, 15, 16, 18] as const;

const leafBits = (pageShift: number): number => (addressBits - pageShift + 1) >>> 1;

/** Spans that a place must lead to before it is taken for the table's root. */
const proofs = 8;

/**
 * Finds the page map: the word in static data, beside the central lists, that leads from some spans' page numbers to
 * those spans. The spans come from the central lists. Undefined as well when no small object was ever allocated.
 */
export function findPageMap(memory: Memory, lists: CentralLists): PageMap | undefined {
  const known = listedSpans(memory, lists);
  const first = known[0];
  if (first === undefined) return undefined;
  for (const pageShift of pageShifts) {
    const root = findRoot(memory, lists, pageShift, known);
    if (root !== undefined) return { root, pageShift };
  }
  return undefined;
}

interface KnownSpan {
  readonly address: Address;
  readonly page: number;
}

function listedSpans(memory: Memory, lists: CentralLists): KnownSpan[] {
  const known: KnownSpan[] = [];
  for (let index = 1; index < lists.classCount && known.length < proofs; index += 1) {
    for (const head of [lists.address + index * lists.distance, lists.address + index * lists.distance + spanBytes]) {
      const address = memory.i64(head + spanNext);
      const page = address === undefined || address === head ? undefined : memory.i64(address);
      if (address !== undefined && page !== undefined && page > 0) known.push({ address, page });
    }
  }
  return known;
}

function findRoot(
  memory: Memory,
  lists: CentralLists,
  pageShift: number,
  known: readonly KnownSpan[],
): Address | undefined {
  const { address, page } = known[0]!;
  const bits = leafBits(pageShift);
  const leafBytes = 8 * 2 ** bits;
  const placeInLeaf = 8 * (page % 2 ** bits);
  let found: Address | undefined;
  readWords(memory, [lists.data], 8, (words, start) => {
    for (let i = 0; i + 1 < words.length; i += 2) {
      if (words[i + 1] === 0) continue;
      const leaf = addressIn(words, i);
      if (!(leaf > 0) || leaf % 8 !== 0) continue;
      if (memory.i64(leaf + placeInLeaf) !== address) continue;
      const root = start + i * 4 - 8 * Math.floor(page / 2 ** bits);
      if (memory.capturedBytesFrom(leaf, leafBytes) < leafBytes) continue;
      if (known.every((span) => spanAt(memory, { root, pageShift }, span.page) === span.address)) {
        found = root;
        return true;
      }
    }
    return undefined;
  });
  return found;
}

/** The span that the table has for a page. */
function spanAt(memory: Memory, { root, pageShift }: PageMap, page: number): Address | undefined {
  const leafLength = 2 ** leafBits(pageShift);
  const leaf = memory.i64(root + 8 * Math.floor(page / leafLength));
  return leaf === undefined || leaf <= 0 ? undefined : memory.i64(leaf + 8 * (page % leafLength));
}

/** Class 0 has no objects; locations above 2 do not exist (Span::IN_USE and the two free lists). */
const largestLocation = 2;
const sampledBit = 1 << 26;

/**
 * All spans in address order. Of the table's entries only those at a span's first and last page are kept true, so a
 * span is taken when both lead to it, and what lies between is passed over.
 */
export function* readSpans(memory: Memory, map: PageMap): Generator<Span, void> {
  const leafLength = 2 ** leafBits(map.pageShift);
  const rootLength = 2 ** (addressBits - map.pageShift) / leafLength;
  const leafBytes = new Uint8Array(leafLength * 8);
  const root = readTable(memory, map.root, new Uint8Array(rootLength * 8));
  let budget = memory.dump.captured.reduce((sum, { size }) => sum + size, leafBytes.length);
  let nextPage = 0;
  for (let index = 0; index * 2 < root.length && budget > 0; index += 1) {
    if (root[index * 2] === 0 && root[index * 2 + 1] === 0) continue;
    const leafAddress = addressIn(root, index * 2);
    if (!(leafAddress > 0)) continue;
    const leaf = readTable(memory, leafAddress, leafBytes);
    // Leaves are pieces of what was captured, so together they are no larger.
    budget -= leafBytes.length;
    const first = index * leafLength;
    const length = leaf.length / 2;
    let slot = Math.max(0, nextPage - first);
    while (slot < length) {
      // Most slots are empty.
      if (leaf[slot * 2] === 0 && leaf[slot * 2 + 1] === 0) {
        slot += 1;
        continue;
      }
      const address = addressIn(leaf, slot * 2);
      const span = address > 0 ? readSpan(memory, map, address, first + slot) : undefined;
      if (span !== undefined) yield span;
      slot += span === undefined ? 1 : span.size / 2 ** map.pageShift;
    }
    nextPage = Math.max(nextPage, first + slot);
  }
}

/** A table of pointers as 32-bit words, as far as it was captured. */
function readTable(memory: Memory, address: Address, into: Uint8Array): Uint32Array {
  return new Uint32Array(into.buffer, 0, (memory.read(address, into) >>> 3) * 2);
}

function readSpan(memory: Memory, map: PageMap, address: Address, page: number): Span | undefined {
  if (memory.i64(address) !== page) return undefined;
  const pages = memory.i64(address + 8);
  if (pages === undefined || pages < 1 || page + pages > 2 ** (addressBits - map.pageShift)) return undefined;
  if (pages > 1 && spanAt(memory, map, page + pages - 1) !== address) return undefined;
  const objects = memory.i64(address + 32);
  const flags = memory.u32(address + 40);
  if (objects === undefined || flags === undefined) return undefined;
  const location = (flags >>> 24) & 3;
  const sizeClass = (flags >>> 16) & 0xff;
  if (location > largestLocation) return undefined;
  const pageBytes = 2 ** map.pageShift;
  return {
    start: page * pageBytes,
    size: pages * pageBytes,
    sizeClass,
    inUse: location === 0,
    objects,
    sampled: sizeClass === 0 && (flags & sampledBit) !== 0,
    handedOut: flags & 0xffff,
  };
}
