import type { Address, PointerSize } from '../../src/model/address.ts';
import type { MemoryImage } from './memory-image.ts';
import type { ExpectedBlock } from './synth-nt-heap.ts';

/*
 * Writes Wine's heaps by the structures in its dlls/ntdll/heap.c, restated here on their own so that a slip in the
 * walker is not repeated.
 */

export const wineVersions = ['7.0', '8.0', '9.0'] as const;
export type WineVersion = (typeof wineVersions)[number];

export type WineItem =
  | { readonly kind: 'used' | 'pending'; readonly request: number; readonly spareGranules?: number }
  | { readonly kind: 'free'; readonly granules: number }
  /** A low-fragmentation group (9.0); null is a free block. At most 31 blocks; the rest are free. */
  | { readonly kind: 'group'; readonly blockGranules: number; readonly requests: readonly (number | null)[] };

export interface WineHeapModel {
  readonly version: WineVersion;
  readonly pointerSize: PointerSize;
  readonly flags?: number;
  /** The first one is where the heap itself stands. */
  readonly subheaps: readonly { readonly address: Address; readonly items: readonly WineItem[] }[];
  readonly largeBlocks?: readonly { readonly address: Address; readonly request: number }[];
}

const regionBytes = 0x10000;

/** Offsets in struct heap: of the ring's link, the magic number, the first free list, the first SUBHEAP. */
const heapFacts = {
  '7.0': { 4: [0x70, 0x8c, 0, 0x4c], 8: [0xc0, 0xf8, 0, 0x80] },
  '8.0': { 4: [0x48, 0x68, 0x90, 0x200], 8: [0x78, 0xb8, 0xf0, 0x330] },
  '9.0': { 4: [0x4c, 0x6c, 0x90, 0x480], 8: [0x80, 0xc0, 0x100, 0x8b0] },
} as const;

/** SUBHEAP and ARENA_LARGE since 8.0 have the same shape. */
const modern = {
  4: { size: 4, committed: 8, entry: 0x0c, heap: 0x14, block: 0x18, largeEntry: 4, dataSize: 0x0c, total: 0x10 },
  8: {
    size: 0x10,
    committed: 0x18,
    entry: 0x20,
    heap: 0x30,
    block: 0x38,
    largeEntry: 0x10,
    dataSize: 0x20,
    total: 0x28,
  },
} as const;

const arena = {
  4: { size: 4, committed: 0x0c, entry: 0x10, heap: 0x18, header: 0x1c, large: { data: 8, total: 0x0c, block: 0x18 } },
  8: {
    size: 8,
    committed: 0x18,
    entry: 0x20,
    heap: 0x30,
    header: 0x38,
    large: { data: 0x10, total: 0x18, block: 0x28 },
  },
} as const;

interface Builder {
  readonly image: MemoryImage;
  readonly model: WineHeapModel;
  readonly expected: ExpectedBlock[];
}

/** Writes the heap, not yet linked with others; returns what a walk must tell, in its order. */
export function writeWineHeap(image: MemoryImage, model: WineHeapModel): ExpectedBlock[] {
  const { version, pointerSize, subheaps } = model;
  const [entry, magic, freeLists, firstSubheap] = heapFacts[version][pointerSize];
  const heap = subheaps[0]!.address;
  const builder: Builder = { image, model, expected: [] };
  const links = subheaps.map(({ address, items }, index) =>
    writeSubheap(builder, { base: address, place: index === 0 ? heap + firstSubheap : address, items }),
  );
  image.u32(heap + 2 * pointerSize, 0xffeeffee);
  image.u32(heap + (pointerSize === 8 ? 0x70 : 0x40), model.flags ?? 2);
  image.u32(heap + magic, 0x50414548);
  if (version === '8.0') writeWords(image, heap + freeLists, [0, 0, 3, 0, 0, 0, 0x46, 0x52]);
  if (version === '9.0') writeWords(image, heap + freeLists, [0, 0, 0, 0, 0, 0, 0x46, 3]);
  linkRing(image, pointerSize, [heap + entry]);
  linkRing(image, pointerSize, [heap + entry + 2 * pointerSize, ...links]);
  linkRing(image, pointerSize, [heap + entry + 4 * pointerSize, ...writeLargeBlocks(builder)]);
  return builder.expected;
}

/** Links heaps of one version into the process's ring. */
export function linkWineHeaps(
  image: MemoryImage,
  version: WineVersion,
  pointerSize: PointerSize,
  heaps: readonly Address[],
): void {
  linkRing(
    image,
    pointerSize,
    heaps.map((heap) => heap + heapFacts[version][pointerSize][0]),
  );
}

function writeWords(image: MemoryImage, address: Address, bytes: readonly number[]): void {
  for (const [index, byte] of bytes.entries()) image.u8(address + index, byte);
}

function linkRing(image: MemoryImage, pointerSize: PointerSize, ring: readonly Address[]): void {
  for (const [index, link] of ring.entries()) {
    const next = ring[(index + 1) % ring.length]!;
    image.pointer(pointerSize, link, next);
    image.pointer(pointerSize, next + pointerSize, link);
  }
}

/** Returns the link of the subheap. */
function writeSubheap(
  builder: Builder,
  task: { readonly base: Address; readonly place: Address; readonly items: readonly WineItem[] },
): Address {
  const { image, model } = builder;
  const { pointerSize } = model;
  const heap = model.subheaps[0]!.address;
  const isArena = model.version === '7.0';
  const arenaHeader = task.place === task.base ? (pointerSize === 8 ? 0x40 : 0x28) : 0x400;
  // User parts are aligned to two pointers, and headers stand 8 bytes before them.
  const first = isArena ? task.base + arenaHeader + 2 * pointerSize - 8 : task.place + modern[pointerSize].block;
  image.commit(task.base, first);
  const used = writeItems(builder, { base: task.base, first, items: task.items });
  const committedEnd = Math.ceil((used + 0x40) / regionBytes) * regionBytes;
  const end = committedEnd + 16 * regionBytes;
  image.commit(used, committedEnd);
  writeFree(builder, used, end - used - ((end - used) % (2 * pointerSize)), task.base);
  builder.expected.push({ address: used, stride: committedEnd - used, live: false, request: -1 });
  const put = (offset: number, value: number): void => image.pointer(pointerSize, task.place + offset, value);
  if (isArena) {
    const fact = arena[pointerSize];
    put(0, task.base);
    put(fact.size, end - task.base);
    put(fact.committed, committedEnd - task.base);
    put(fact.heap, heap);
    image.u32(task.place + fact.header, first - task.base);
    image.u32(task.place + fact.header + 4, 0x48425553);
    return task.place + fact.entry;
  }
  const fact = modern[pointerSize];
  put(fact.size, end - first);
  put(fact.committed, committedEnd - first - 8);
  put(fact.heap, heap);
  return task.place + fact.entry;
}

/** Returns the end of the last block. */
function writeItems(
  builder: Builder,
  task: { readonly base: Address; readonly first: Address; readonly items: readonly WineItem[] },
): Address {
  const granule = 2 * builder.model.pointerSize;
  let at = task.first;
  for (const item of task.items) {
    if (item.kind === 'group') {
      at = writeGroup(builder, at, task.base, item);
      continue;
    }
    const live = item.kind === 'used';
    const stride =
      item.kind === 'free'
        ? item.granules * granule
        : strideOf(builder.model, item.request) + (item.spareGranules ?? 0) * granule;
    builder.image.commit(at, at + stride + 8);
    if (item.kind === 'free') writeFree(builder, at, stride, task.base);
    else writeUsed(builder, at, { stride, request: item.request, live, base: task.base });
    const request = item.kind === 'used' ? item.request : -1;
    builder.expected.push({ address: at, stride, live, request });
    at += stride;
  }
  return at;
}

function strideOf({ version, pointerSize }: WineHeapModel, request: number): number {
  const granule = 2 * pointerSize;
  const roundUp = (size: number) => Math.ceil(size / granule) * granule;
  if (version === '7.0') return Math.max(roundUp(request), 2 * granule) + granule;
  return Math.max(roundUp(Math.max(request, granule) + 8), 3 * granule);
}

/** Distance of the block's 64 KiB from its memory's start, in 64 KiB. */
function baseOffset(at: Address, base: Address): number {
  return (Math.floor(at / regionBytes) * regionBytes - base) / regionBytes;
}

function writeFree({ image, model }: Builder, at: Address, stride: number, base: Address): void {
  const units = stride / (2 * model.pointerSize);
  const offset = baseOffset(at, base);
  if (model.version === '7.0') {
    image.u32(at, stride - 8 - 2 * model.pointerSize + 1);
    image.u32(at + 4, 0x45455246);
  } else if (model.version === '8.0') {
    writeWords(image, at, [units, units >> 8, 1, units >> 16, offset, offset >> 8, 0x46, 0x52]);
  } else {
    writeWords(image, at, [units, units >> 8, units >> 16, units >> 24, offset, offset >> 8, 0x46, 1]);
  }
}

function writeUsed(
  { image, model }: Builder,
  at: Address,
  block: {
    readonly stride: number;
    readonly request: number;
    readonly live: boolean;
    readonly base: Address;
    readonly flags?: number;
  },
): void {
  const units = block.stride / (2 * model.pointerSize);
  const tail = block.stride - 8 - block.request;
  const offset = baseOffset(at, block.base);
  // The flag of a free block before it is set and cleared all the time.
  const flags = block.flags ?? 2;
  if (model.version === '7.0') {
    image.u32(at, block.stride - 8 + flags);
    writeWords(image, at + 4, block.live ? [0x55, 0x53, 0x45, tail] : [0xad, 0xde, 0xbe, tail]);
  } else if (model.version === '8.0') {
    const type = block.live ? [0x55, 0x53] : [0xad, 0xde];
    writeWords(image, at, [units, units >> 8, flags, tail, offset, offset >> 8, ...type]);
  } else {
    writeWords(image, at, [units, units >> 8, tail, tail >> 8, offset, offset >> 8, block.live ? 0x75 : 0x44, flags]);
  }
}

/** Returns the end of the block that holds the group. */
function writeGroup(builder: Builder, at: Address, base: Address, item: Extract<WineItem, { kind: 'group' }>): Address {
  const { image, model, expected } = builder;
  const granule = 2 * model.pointerSize;
  const stride = item.blockGranules * granule;
  const units = item.blockGranules;
  const first = at + 8 + (model.pointerSize === 8 ? 0x18 : 0x10);
  const request = first - at - 8 + 31 * stride;
  const whole = strideOf(model, request);
  image.commit(at, at + whole + 8);
  writeUsed(builder, at, { stride: whole, request, live: true, base, flags: 0x80 });
  for (let index = 0; index < 31; index += 1) {
    const block = first + index * stride;
    const asked = item.requests[index] ?? null;
    const tail = asked === null ? 0 : stride - 8 - asked;
    const end = asked === null ? [0x46, 0x81] : [0x75, 0x80];
    writeWords(image, block, [units, units >> 8, tail, tail >> 8, index, 0, ...end]);
    expected.push({ address: block, stride, live: asked !== null, request: asked ?? -1 });
  }
  return at + whole;
}

/** Returns the links of the large blocks. */
function writeLargeBlocks({ image, model, expected }: Builder): Address[] {
  const { version, pointerSize } = model;
  const links: Address[] = [];
  for (const { address, request } of model.largeBlocks ?? []) {
    const isArena = version === '7.0';
    const places = isArena
      ? { link: 0, ...arena[pointerSize].large }
      : {
          link: modern[pointerSize].largeEntry,
          data: modern[pointerSize].dataSize,
          total: modern[pointerSize].total,
          block: modern[pointerSize].block,
        };
    const header = places.block + 8;
    const unit = isArena ? 0x1000 : regionBytes;
    const total = Math.ceil((request + header) / unit) * unit;
    image.commit(address, address + 0x1000);
    image.pointer(pointerSize, address + places.data, request);
    image.pointer(pointerSize, address + places.total, isArena ? total : total - places.block);
    const headers = {
      '7.0': [0x90, 0xba, 0xdc, 0xfe, 0x4c, 0x61, 0x52, 0x67],
      '8.0': [0, 0, 4, 0, 0, 0, 0x4c, 0x61],
      '9.0': [0, 0, 0, 0, 0, 0, 0x4c, 4],
    };
    writeWords(image, address + places.block, headers[version]);
    expected.push({ address: address + places.block, stride: total, live: true, request });
    links.push(address + places.link);
  }
  return links;
}
