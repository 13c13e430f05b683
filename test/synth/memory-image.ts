import type { Address, PointerSize } from '../../src/model/address.ts';
import type { FakeRegion } from './fake-memory.ts';

const pageBytes = 4096;

/** Memory that is written by address; pages that were neither committed nor written do not exist. Little endian. */
export interface MemoryImage {
  /** Makes pages exist, all zero. Bounds are rounded outwards to pages. */
  commit(start: Address, end: Address): void;
  /** Takes pages away, as decommitting does. */
  decommit(start: Address, end: Address): void;
  u8(address: Address, value: number): void;
  /** Flips bits of the byte that stands there. */
  xor8(address: Address, bits: number): void;
  u16(address: Address, value: number): void;
  u32(address: Address, value: number): void;
  pointer(size: PointerSize, address: Address, value: Address): void;
  /** One region for each run of pages. */
  regions(): FakeRegion[];
}

export function createMemoryImage(): MemoryImage {
  const pages = new Map<number, Uint8Array>();
  const pageOf = (address: Address): Uint8Array => {
    const number = Math.floor(address / pageBytes);
    const page = pages.get(number) ?? new Uint8Array(pageBytes);
    pages.set(number, page);
    return page;
  };
  const u8 = (address: Address, value: number): void => {
    pageOf(address)[address % pageBytes] = value & 0xff;
  };
  const write = (address: Address, value: bigint, size: number): void => {
    for (let index = 0; index < size; index += 1) u8(address + index, Number((value >> BigInt(8 * index)) & 0xffn));
  };
  return {
    commit(start, end) {
      for (let at = Math.floor(start / pageBytes) * pageBytes; at < end; at += pageBytes) pageOf(at);
    },
    decommit(start, end) {
      for (let at = start; at < end; at += pageBytes) pages.delete(at / pageBytes);
    },
    u8,
    xor8: (address, bits) => u8(address, (pageOf(address)[address % pageBytes] ?? 0) ^ bits),
    u16: (address, value) => write(address, BigInt(value), 2),
    u32: (address, value) => write(address, BigInt(value), 4),
    pointer: (size, address, value) => write(address, BigInt(value), size),
    regions: () => joinPages(pages),
  };
}

function joinPages(pages: ReadonlyMap<number, Uint8Array>): FakeRegion[] {
  const numbers = [...pages.keys()].sort((a, b) => a - b);
  const regions: FakeRegion[] = [];
  for (let first = 0; first < numbers.length; ) {
    let next = first + 1;
    while (next < numbers.length && numbers[next] === numbers[first]! + next - first) next += 1;
    const bytes = new Uint8Array((next - first) * pageBytes);
    for (let index = first; index < next; index += 1) {
      bytes.set(pages.get(numbers[index]!)!, (index - first) * pageBytes);
    }
    regions.push({ start: numbers[first]! * pageBytes, bytes });
    first = next;
  }
  return regions;
}
