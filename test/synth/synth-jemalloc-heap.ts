import type { Address } from '../../src/model/address.ts';
import type { MemoryImage } from './memory-image.ts';

/** What the model says of a block, in the words of a walk. */
export interface ExpectedBlock {
  readonly address: Address;
  readonly stride: number;
  readonly live: boolean;
  readonly request: number;
}

/** A region of a slab: free, in the program's hands, or in a thread's cache. */
export type RegionState = 'free' | 'live' | 'cached';

export interface SlabModel {
  readonly kind: 'slab';
  readonly szind: number;
  readonly regionBytes: number;
  readonly regions: readonly RegionState[];
  readonly arena?: number;
  /** Written instead of the right count of free regions. */
  readonly wrongFreeCount?: number;
}

export interface LargeModel {
  readonly kind: 'large';
  readonly szind: number;
  readonly usable: number;
  /** Bytes from the extent's start to the object, when the extent is padded; -1 when it is not. */
  readonly offset: number;
  readonly cached: boolean;
}

export interface FreeModel {
  readonly kind: 'free';
  readonly bytes: number;
  /** 1 dirty, 2 muzzy, 3 retained. */
  readonly state: 1 | 2 | 3;
}

export type ExtentModel = SlabModel | LargeModel | FreeModel;

export interface JemallocModel {
  readonly version: '5.2' | '5.3';
  readonly extents: readonly ExtentModel[];
  /** What jemalloc was built for; 4096 unless given. */
  readonly pageBytes?: number;
}

/** Classes of a usual build: index, bytes of a region and of a slab. */
export const slabClasses = [
  { szind: 0, regionBytes: 8, slabBytes: 4096 },
  { szind: 1, regionBytes: 16, slabBytes: 4096 },
  { szind: 3, regionBytes: 48, slabBytes: 12288 },
  { szind: 12, regionBytes: 256, slabBytes: 4096 },
  { szind: 13, regionBytes: 320, slabBytes: 20480 },
  { szind: 35, regionBytes: 14336, slabBytes: 28672 },
] as const;

export const baseBlock = 0x7f3c_0000_0000;
const arenaAddress = baseBlock + 0x1000;
const records = baseBlock + 0x4000;
export const heapStart = 0x7f3d_0000_0000;
const threadData = 0x7f3e_0000_0d78;
const stacks = 0x7f3e_0001_0000;
const bins = 60;
const smallBins = 36;
const stackEntries = 64;

/** No class, as 232 classes leave it. */
const noClass = 232;

const fieldShifts = {
  '5.2': { state: 16, szind: 18, free: 26, serial: 44 },
  '5.3': { state: 17, szind: 20, free: 28, serial: 60 },
} as const;

/** Writes base block, arena, records and one thread's cache; returns the blocks by address. */
export function writeJemallocHeap(image: MemoryImage, model: JemallocModel): ExpectedBlock[] {
  const cached = Array.from({ length: bins }, () => [] as Address[]);
  const expected: ExpectedBlock[] = [];
  let start = heapStart;
  let record = records;
  for (const extent of model.extents) {
    const pageBytes = model.pageBytes ?? 4096;
    const bytes = sizeOf(extent, pageBytes);
    expected.push(...blocksOf(extent, start, cached, bytes));
    writeRecord(image, model.version, extent, { record, start, bytes });
    start += bytes;
    record += Math.ceil((64 + pageBytes / 64) / 128) * 128;
  }
  writeBaseBlock(image, model.version, record);
  writeCache(image, model.version, cached);
  return expected;
}

function sizeOf(extent: ExtentModel, pageBytes: number): number {
  if (extent.kind === 'free') return extent.bytes;
  if (extent.kind === 'large') return extent.usable + (extent.offset < 0 ? 0 : pageBytes);
  return extent.regionBytes * extent.regions.length;
}

function blocksOf(extent: ExtentModel, start: Address, cached: Address[][], bytes: number): ExpectedBlock[] {
  if (extent.kind === 'free') return [{ address: start, stride: extent.bytes, live: false, request: -1 }];
  if (extent.kind === 'large') {
    if (extent.cached) cached[extent.szind]!.push(start + Math.max(0, extent.offset));
    return [{ address: start, stride: bytes, live: !extent.cached, request: -1 }];
  }
  return extent.regions.map((state, index) => {
    const address = start + index * extent.regionBytes;
    if (state === 'cached') cached[extent.szind]!.push(address);
    return { address, stride: extent.regionBytes, live: state === 'live', request: -1 };
  });
}

interface Place {
  readonly record: Address;
  readonly start: Address;
  readonly bytes: number;
}

function writeRecord(image: MemoryImage, version: '5.2' | '5.3', extent: ExtentModel, place: Place): void {
  const shifts = fieldShifts[version];
  const state = extent.kind === 'free' ? extent.state : 0;
  const szind = extent.kind === 'free' ? noClass : extent.szind;
  const freeRegions = extent.kind === 'slab' ? extent.regions.filter((region) => region === 'free').length : 0;
  const freeCount = extent.kind === 'slab' ? (extent.wrongFreeCount ?? freeRegions) : 0;
  const slab = extent.kind === 'slab' ? 1 : 0;
  const arena = extent.kind === 'slab' ? (extent.arena ?? 0) : 0;
  const low = arena + slab * 2 ** 12 + 2 ** 13 + state * 2 ** shifts.state + szind * 2 ** shifts.szind;
  const bits = BigInt(low) + (BigInt(freeCount) << BigInt(shifts.free)) + (5n << BigInt(shifts.serial));
  write64(image, place.record, bits);
  const offset = extent.kind === 'large' ? Math.max(0, extent.offset) : 0;
  image.pointer(8, place.record + 8, place.start + offset);
  image.pointer(8, place.record + 16, place.bytes + 7);
  if (extent.kind !== 'slab') return;
  extent.regions.forEach((region, index) => {
    if (region === 'free') image.xor8(place.record + 64 + (index >>> 3), 1 << (index & 7));
  });
}

function write64(image: MemoryImage, address: Address, value: bigint): void {
  image.u32(address, Number(value & 0xffffffffn));
  image.u32(address + 4, Number(value >> 32n));
}

function writeBaseBlock(image: MemoryImage, version: '5.2' | '5.3', usedEnd: Address): void {
  image.commit(baseBlock, usedEnd);
  image.pointer(8, baseBlock, 0x200000);
  image.pointer(8, baseBlock + 16, 0xfff + 2 ** 13 + 2 ** 15 + noClass * 2 ** fieldShifts[version].szind);
  image.pointer(8, baseBlock + 24, usedEnd);
  image.pointer(8, baseBlock + 32, baseBlock + 0x200000 - usedEnd);
}

function writeCache(image: MemoryImage, version: '5.2' | '5.3', cached: readonly Address[][]): void {
  const descriptor = threadData + (version === '5.2' ? 920 : 16);
  image.pointer(8, arenaAddress + 0x800, threadData);
  image.pointer(8, arenaAddress + 0x808, descriptor);
  image.pointer(8, descriptor, descriptor);
  image.pointer(8, descriptor + 8, descriptor);
  const first = threadData + (version === '5.2' ? 16 : 608);
  image.pointer(8, descriptor + 16, first);
  if (version === '5.2') {
    image.pointer(8, descriptor + 24, descriptor + 80);
    image.pointer(8, descriptor + 32, arenaAddress);
  } else {
    image.pointer(8, descriptor + 24, arenaAddress);
    image.pointer(8, first - 8, threadData);
  }
  cached.forEach((objects, index) => {
    const end = stacks + (index + 1) * stackEntries * 8;
    objects.forEach((object, entry) => {
      image.pointer(8, end - (entry + 1) * 8, object);
    });
    const small = version === '5.3' || index < smallBins;
    const bin = small ? first + index * 24 : descriptor + 80 + (index - smallBins) * 24;
    if (version === '5.3') {
      image.pointer(8, bin, end - objects.length * 8);
      image.u16(bin + 20, end % 65536);
    } else {
      image.u32(bin + 4, objects.length);
      image.pointer(8, bin + 16, end);
    }
  });
}
