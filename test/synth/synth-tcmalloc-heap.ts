import type { Address } from '../../src/model/address.ts';
import type { MemoryImage } from './memory-image.ts';
import type { ExpectedBlock } from './synth-jemalloc-heap.ts';

/** Who has an object: its span, the transfer cache, a thread's cache, or the program. */
export type ObjectState = 'span' | 'transfer' | 'thread' | 'live';

export type SpanModel =
  | { readonly kind: 'small'; readonly sizeClass: number; readonly objects: readonly ObjectState[] }
  | { readonly kind: 'large' | 'free' | 'returned'; readonly pages: number; readonly sampledRequest?: number };

export interface TcmallocModel {
  readonly spans: readonly SpanModel[];
  /** Threads with caches; cached objects go to them in turn. */
  readonly threads?: number;
  /** Added to the count of objects handed out of the first span. */
  readonly wrongHandedOut?: number;
}

/** The first classes of a usual build, and spans that go with them; enough classes for an array of them. */
const classSizes = [0, 8, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320];
export const smallClasses = [2, 7, 19].map((sizeClass) => ({
  sizeClass,
  size: classSizes[sizeClass]!,
  count: Math.floor(8192 / classSizes[sizeClass]!),
}));

export const pageBytes = 8192;
export const heapStart = 0x5555_6000_0000;
export const staticData = 0x7f44_1000_0000;
const classSizesAt = staticData + 0x100;
const threadHeapsAt = staticData + 0x800;
export const centralAt = staticData + 0x1010;
export const rootAt = staticData + 0x40000;
const rootBytes = 8 << 17;
const leafAt = 0x7f44_2000_0008;
const leafBytes = 8 << 18;
const spansAt = 0x7f44_3000_0000;
const threadCachesAt = 0x7f44_4000_0000;
const centralDistance = 1216;
const threadCacheBytes = 4224;
const firstPage = heapStart / pageBytes;

/** Writes the roots, the page map, the spans and what lies in caches; returns the blocks by address. */
export function writeTcmallocHeap(image: MemoryImage, model: TcmallocModel): ExpectedBlock[] {
  image.commit(staticData, rootAt + rootBytes);
  image.commit(leafAt, leafAt + leafBytes);
  classSizes.forEach((size, index) => {
    image.u32(classSizesAt + index * 4, size);
  });
  const chains: Chains = { transfer: new Map(), thread: new Map() };
  const expected: ExpectedBlock[] = [];
  const listed = classSizes.map((): Address[] => []);
  let page = firstPage;
  model.spans.forEach((span, index) => {
    const address = spansAt + index * 48;
    const extra = index === 0 ? (model.wrongHandedOut ?? 0) : 0;
    const pages = span.kind === 'small' ? 1 : span.pages;
    expected.push(...writeSpan(image, span, { address, page, pages, extra }, chains));
    if (span.kind === 'small') listed[span.sizeClass]!.push(address);
    page += pages;
  });
  image.commit(spansAt, spansAt + 48 * (model.spans.length + 1));
  image.pointer(8, rootAt + 8 * Math.floor(firstPage / 2 ** 18), leafAt);
  writeCentralLists(image, listed, chains.transfer);
  writeThreadCaches(image, chains.thread, model.threads ?? 1);
  return expected;
}

interface Chains {
  readonly transfer: Map<number, Address[]>;
  readonly thread: Map<number, Address[]>;
}

interface SpanPlace {
  readonly address: Address;
  readonly page: number;
  readonly pages: number;
  readonly extra: number;
}

function writeSpan(image: MemoryImage, span: SpanModel, place: SpanPlace, chains: Chains): ExpectedBlock[] {
  const { address, page, pages } = place;
  const start = page * pageBytes;
  image.pointer(8, address, page);
  image.pointer(8, address + 8, pages);
  for (const at of span.kind === 'small' ? Array.from({ length: pages }, (_, i) => i) : [0, pages - 1]) {
    image.pointer(8, leafAt + 8 * ((page + at) % 2 ** 18), address);
  }
  if (span.kind !== 'small') {
    const location = { large: 0, free: 1, returned: 2 }[span.kind];
    image.u32(address + 40, location * 2 ** 24);
    if (span.sampledRequest !== undefined) return [writeSampled(image, address, start, span.sampledRequest)];
    return [{ address: start, stride: pages * pageBytes, live: span.kind === 'large', request: -1 }];
  }
  const size = classSizes[span.sizeClass]!;
  const own = span.objects.flatMap((state, index) => (state === 'span' ? [start + index * size] : []));
  linkChain(image, own);
  image.pointer(8, address + 32, own[0] ?? 0);
  image.u32(address + 40, span.objects.length - own.length + place.extra + span.sizeClass * 2 ** 16);
  return span.objects.map((state, index) => {
    const object = start + index * size;
    if (state === 'transfer' || state === 'thread') {
      chains[state].set(span.sizeClass, [...(chains[state].get(span.sizeClass) ?? []), object]);
    }
    return { address: object, stride: size, live: state === 'live', request: -1 };
  });
}

function writeSampled(image: MemoryImage, span: Address, start: Address, request: number): ExpectedBlock {
  const trace = span + 0x100000;
  image.pointer(8, span + 32, trace);
  image.u32(span + 40, 2 ** 26);
  image.pointer(8, trace, request);
  return { address: start, stride: classSizes.find((size) => size >= request)!, live: true, request };
}

function linkChain(image: MemoryImage, objects: readonly Address[]): void {
  objects.forEach((object, index) => {
    image.pointer(8, object, objects[index + 1] ?? 0);
  });
}

function writeCentralLists(
  image: MemoryImage,
  listed: readonly (readonly Address[])[],
  transfer: ReadonlyMap<number, readonly Address[]>,
): void {
  listed.forEach((spans, index) => {
    const lists = centralAt + index * centralDistance;
    image.pointer(8, lists - 8, index);
    linkRing(image, lists, []);
    linkRing(image, lists + 48, spans);
    const objects = transfer.get(index) ?? [];
    if (objects.length === 0) return;
    linkChain(image, objects);
    image.pointer(8, lists + 112, objects[0]!);
    image.pointer(8, lists + 120, objects.at(-1)!);
    image.u32(lists + 112 + 1024, 1);
  });
}

function linkRing(image: MemoryImage, head: Address, members: readonly Address[]): void {
  const ring = [head, ...members, head];
  for (let index = 0; index + 1 < ring.length; index += 1) {
    image.pointer(8, ring[index]! + 16, ring[index + 1]!);
    image.pointer(8, ring[index + 1]! + 24, ring[index]!);
  }
}

function writeThreadCaches(
  image: MemoryImage,
  objects: ReadonlyMap<number, readonly Address[]>,
  threads: number,
): void {
  image.pointer(8, threadHeapsAt, threads > 0 ? threadCachesAt : 0);
  for (let thread = 0; thread < threads; thread += 1) {
    const cache = threadCachesAt + thread * threadCacheBytes;
    if (thread + 1 < threads) image.pointer(8, cache + 4096 + 56, cache + threadCacheBytes);
    if (thread > 0) image.pointer(8, cache + 4096 + 64, cache - threadCacheBytes);
    classSizes.forEach((size, index) => {
      const list = (objects.get(index) ?? []).filter((_, i) => i % threads === thread);
      linkChain(image, list);
      image.pointer(8, cache + index * 32, list[0] ?? 0);
      image.u32(cache + index * 32 + 8, list.length);
      image.u32(cache + index * 32 + 24, size);
    });
  }
}
