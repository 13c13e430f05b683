import type { Memory } from '../../src/memory/memory.ts';
import { type Address, lastStartingAtOrBelow, type PointerSize } from '../../src/model/address.ts';
import type { AddressSpace, Architecture, Dump, LoadedModule, MemoryRegion, RegionKind } from '../../src/model/dump.ts';

/** One region whose bytes are all captured. */
export interface FakeRegion {
  readonly start: Address;
  readonly bytes: Uint8Array;
  readonly kind?: RegionKind;
  readonly name?: string;
  readonly writable?: boolean;
}

export interface FakeDumpOptions {
  readonly pointerSize?: PointerSize;
  readonly littleEndian?: boolean;
  readonly architecture?: Architecture;
  readonly modules?: readonly LoadedModule[];
  readonly addressSpace?: AddressSpace;
}

/** A Memory over byte arrays, for tests of what reads memory without any dump file. */
export function fakeMemory(regions: readonly FakeRegion[], options: FakeDumpOptions = {}): Memory {
  const sorted = [...regions].sort((a, b) => a.start - b.start);
  const littleEndian = options.littleEndian ?? true;
  let last: FakeRegion | undefined;

  function regionAt(address: Address): FakeRegion | undefined {
    if (last !== undefined && address >= last.start && address < last.start + last.bytes.length) return last;
    last = sorted[lastStartingAtOrBelow(sorted, address)];
    return last;
  }

  function read(address: Address, into: Uint8Array): number {
    let done = 0;
    while (done < into.length) {
      const region = regionAt(address + done);
      const place = region === undefined ? 0 : address + done - region.start;
      if (region === undefined || place >= region.bytes.length) break;
      const piece = region.bytes.subarray(place, place + into.length - done);
      into.set(piece, done);
      done += piece.length;
    }
    return done;
  }

  const scratch = new Uint8Array(8);
  const view = new DataView(scratch.buffer);
  const has = (address: Address, size: number): boolean => read(address, scratch.subarray(0, size)) === size;
  const u32 = (address: Address) => (has(address, 4) ? view.getUint32(0, littleEndian) : undefined);
  const i64 = (address: Address) => (has(address, 8) ? Number(view.getBigInt64(0, littleEndian)) : undefined);
  const dump = fakeDump(sorted, littleEndian, options);
  return {
    dump,
    u8: (address) => (has(address, 1) ? scratch[0] : undefined),
    u16: (address) => (has(address, 2) ? view.getUint16(0, littleEndian) : undefined),
    u32,
    i64,
    word: dump.pointerSize === 8 ? i64 : u32,
    read,
    readEach(starts, sizes, into) {
      let done = 0;
      for (const [index, start] of starts.entries()) {
        const got = read(start, into.subarray(done, done + sizes[index]!));
        done += got;
        if (got < sizes[index]!) break;
      }
      return done;
    },
    capturedBytesFrom(address, limit) {
      let end = address;
      while (end - address < limit) {
        const region = sorted[lastStartingAtOrBelow(sorted, end)];
        if (region === undefined || end >= region.start + region.bytes.length) break;
        end = region.start + region.bytes.length;
      }
      return Math.min(limit, end - address);
    },
  };
}

function fakeDump(sorted: readonly FakeRegion[], littleEndian: boolean, options: FakeDumpOptions): Dump {
  return {
    format: 'fake',
    operatingSystem: 'linux',
    architecture: options.architecture ?? 'x64',
    pointerSize: options.pointerSize ?? 8,
    littleEndian,
    pageSize: 4096,
    processId: null,
    processName: null,
    capturedAt: null,
    addressSpace: options.addressSpace ?? 'virtual',
    regions: sorted.map(fakeRegionOf),
    captured: sorted.map(({ start, bytes }) => ({ start, size: bytes.length, fileOffset: 0 })),
    modules: options.modules ?? [],
    threads: [],
    warnings: [],
  };
}

function fakeRegionOf(region: FakeRegion): MemoryRegion {
  return {
    start: region.start,
    end: region.start + region.bytes.length,
    kind: region.kind ?? 'private',
    name: region.name ?? '',
    readable: true,
    writable: region.writable ?? true,
    executable: false,
  };
}
