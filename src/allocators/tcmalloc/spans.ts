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
  /** First object of the span's own free list, or 0. */
  readonly objects: Address;
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
  readWords(memory, lists.data, 8, (words, start) => {
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

/**
 * All spans in address order. Of the table's entries only those at a span's first and last page are kept true, so a
 * span is taken when both lead to it, and what lies between is passed over.
 */
export function* readSpans(memory: Memory, map: PageMap): Generator<Span, void> {
  const leafLength = 2 ** leafBits(map.pageShift);
  const rootLength = 2 ** (addressBits - map.pageShift) / leafLength;
  let page = 0;
  for (let index = 0; index < rootLength; index += 1) {
    const leaf = memory.i64(map.root + 8 * index);
    if (leaf === undefined || leaf <= 0) continue;
    page = Math.max(page, index * leafLength);
    const end = (index + 1) * leafLength;
    while (page < end) {
      const address = memory.i64(leaf + 8 * (page - index * leafLength));
      if (address === undefined) break;
      const span = address <= 0 ? undefined : readSpan(memory, map, address, page);
      if (span !== undefined) yield span;
      page += span === undefined ? 1 : span.size / 2 ** map.pageShift;
    }
  }
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
    handedOut: flags & 0xffff,
  };
}
