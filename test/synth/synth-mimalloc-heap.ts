import type { Address } from '../../src/model/address.ts';
import type { MemoryImage } from './memory-image.ts';
import type { ExpectedBlock } from './synth-jemalloc-heap.ts';

/** The list that a block is on, or in the program's hands. */
export type BlockState = 'free' | 'local' | 'thread' | 'delayed' | 'live';

export interface PageModel {
  readonly blockSize: number;
  readonly slices: number;
  /** Of the blocks that were ever used; the page has room for more. */
  readonly blocks: readonly BlockState[];
  readonly wrongUsed?: number;
}

export type MimallocVersion = '2.0' | '2.0 encoded' | '2.1' | '2.2' | '2.2 encoded';

export interface MimallocModel {
  readonly version: MimallocVersion;
  readonly pages: readonly PageModel[];
  /** Bytes of a huge block in a segment of its own, beside the first segment. */
  readonly hugeSlices?: number;
}

interface Layout {
  readonly slices: number;
  readonly bytes: number;
  readonly local: number;
  readonly used: number;
  readonly blockSize: number;
  readonly keys: number;
  readonly thread: number;
  readonly heap: number;
  readonly delayed: number;
}

const old = {
  slices: 0x108,
  bytes: 80,
  local: 32,
  used: 24,
  blockSize: 28,
  keys: 0,
  thread: 40,
  heap: 48,
  delayed: 2840,
};
const recent = {
  slices: 0x120,
  bytes: 96,
  local: 24,
  used: 32,
  blockSize: 40,
  keys: 0,
  thread: 56,
  heap: 64,
  delayed: 8,
};
const layouts: Readonly<Record<MimallocVersion, Layout>> = {
  '2.0': old,
  '2.1': old,
  '2.0 encoded': { ...old, bytes: 96, keys: 40, thread: 56, heap: 64 },
  '2.2': recent,
  '2.2 encoded': { ...recent, bytes: 112, keys: 56, thread: 72, heap: 80 },
};

export const mimallocVersions = Object.keys(layouts) as MimallocVersion[];
export const segmentAt = 0x7f3c_0000_0000;
export const sliceBytes = 65536;
const segmentSlices = 512;
const heapAt = 0x7f40_0000_0000;
const pageKeys = [0x123456789abcdef5n, 0xfedcba9876543211n] as const;
const heapKeys = [0x0fedcba987654322n, 0x1122334455667788n] as const;

/** Writes a segment with these pages, and one free run of slices behind them; returns the blocks by address. */
export function writeMimallocHeap(image: MemoryImage, model: MimallocModel): ExpectedBlock[] {
  const layout = layouts[model.version];
  const slicesAt = segmentAt + layout.slices;
  writeHeader(image, layout, segmentAt, segmentSlices, 0);
  const delayed: Address[] = [];
  const expected: ExpectedBlock[] = [];
  let slice = 1;
  for (const page of model.pages) {
    const record = slicesAt + slice * layout.bytes;
    writeRun(image, layout, record, page.slices);
    expected.push(...writePage(image, model.version, page, { record, start: segmentAt + slice * sliceBytes }, delayed));
    slice += page.slices;
  }
  writeRun(image, layout, slicesAt + slice * layout.bytes, segmentSlices - slice);
  writeList(image, layout, delayed, heapAt + layout.delayed, heapAt, heapKeys, 0);
  if (layout.keys > 0) writeKeys(image, heapAt + layout.delayed + 32, heapKeys);
  if (model.hugeSlices !== undefined) expected.push(writeHuge(image, layout, model.hugeSlices));
  return expected;
}

function writeHeader(image: MemoryImage, layout: Layout, segment: Address, slices: number, kind: number): void {
  image.commit(segment, segment + sliceBytes);
  const end = segment + layout.slices;
  image.pointer(8, end - 40, slices);
  image.pointer(8, end - 32, 1);
  image.pointer(8, end - 24, kind);
  image.pointer(8, end - 16, Math.min(slices, segmentSlices));
  writeRun(image, layout, end, 1);
}

function writeRun(image: MemoryImage, layout: Layout, record: Address, slices: number): void {
  image.u32(record, slices);
  if (slices > 1) image.u32(record + (slices - 1) * layout.bytes + 4, (slices - 1) * layout.bytes);
}

function writeHuge(image: MemoryImage, layout: Layout, slices: number): ExpectedBlock {
  const segment = segmentAt + segmentSlices * sliceBytes;
  const record = segment + layout.slices + layout.bytes;
  const bytes = slices * sliceBytes;
  writeHeader(image, layout, segment, slices + 1, 1);
  image.u32(record, slices);
  image.u16(record + 10, 1);
  image.u16(record + 12, 1);
  image.u16(record + layout.used, 1);
  image.u32(record + layout.blockSize, bytes);
  if (layout.bytes !== 80 && layout.used === 32) image.pointer(8, record + 48, segment + sliceBytes);
  return { address: segment + sliceBytes, stride: bytes, live: true, request: -1 };
}

interface PagePlace {
  readonly record: Address;
  readonly start: Address;
}

function writePage(
  image: MemoryImage,
  version: MimallocVersion,
  page: PageModel,
  { record, start }: PagePlace,
  delayed: Address[],
): ExpectedBlock[] {
  const layout = layouts[version];
  const { blockSize, blocks } = page;
  const first = start + startOffset(version, blockSize);
  const size = page.slices * sliceBytes;
  const reserved = Math.floor((start + size - first) / blockSize);
  const on = (state: BlockState) => blocks.flatMap((s, index) => (s === state ? [first + index * blockSize] : []));
  const listed = on('free').length + on('local').length;
  image.u16(record + 10, blocks.length);
  image.u16(record + 12, reserved);
  image.u16(record + layout.used, blocks.length - listed + (page.wrongUsed ?? 0));
  image.u32(record + layout.blockSize, blockSize);
  if (version.startsWith('2.2')) image.pointer(8, record + 48, first);
  if (layout.keys > 0) writeKeys(image, record + layout.keys, pageKeys);
  image.pointer(8, record + layout.heap, heapAt);
  writeList(image, layout, on('free'), record + 16, record, pageKeys, 0);
  writeList(image, layout, on('local'), record + layout.local, record, pageKeys, 0);
  writeList(image, layout, on('thread'), record + layout.thread, record, pageKeys, 2);
  delayed.push(...on('delayed'));
  const stride = reserved === 1 ? size : blockSize;
  return blocks.map((state, index) => {
    return { address: first + index * blockSize, stride, live: state === 'live', request: -1 };
  });
}

function startOffset(version: MimallocVersion, blockSize: number): number {
  if (version.startsWith('2.0')) return blockSize <= 1024 ? 384 : 0;
  if (blockSize <= 64) return 3 * blockSize;
  return blockSize <= 512 ? blockSize : 0;
}

type Keys = readonly [bigint, bigint];

function writeKeys(image: MemoryImage, address: Address, keys: Keys): void {
  write64(image, address, keys[0]);
  write64(image, address + 8, keys[1]);
}

/** Links the blocks, the last one first, and puts the head at `at` with its low bits. */
function writeList(
  image: MemoryImage,
  layout: Layout,
  blocks: readonly Address[],
  at: Address,
  owner: Address,
  keys: Keys,
  lowBits: number,
): void {
  let next = 0;
  for (const block of blocks) {
    write64(image, block, layout.keys > 0 ? encode(next === 0 ? owner : next, keys) : BigInt(next));
    next = block;
  }
  image.pointer(8, at, next + lowBits);
}

function encode(address: Address, [rotation, mask]: Keys): bigint {
  const mixed = BigInt(address) ^ mask;
  const shift = rotation % 64n;
  const rotated = BigInt.asUintN(64, (mixed << shift) | (mixed >> (64n - shift)));
  return BigInt.asUintN(64, rotated + rotation);
}

function write64(image: MemoryImage, address: Address, value: bigint): void {
  image.u32(address, Number(value & 0xffffffffn));
  image.u32(address + 4, Number(value >> 32n));
}
