import type { ByteSource } from '../bytes/byte-source.ts';
import type { Address } from '../model/address.ts';
import type { Dump } from '../model/dump.ts';
import { type CapturedRuns, joinCapturedRanges, runAt } from './captured-runs.ts';
import type { Memory } from './memory.ts';
import { createWindowCache, type MemoryWindow } from './window-cache.ts';

/** Reads of a page and more go to the file at once: filling a window and copying from it would cost more than it saves. */
const directReadSize = 1 << 12;

/** Reads the memory of `dump` out of `source`, the (unpacked) file that the dump was opened from. See Memory. */
export function openMemory(dump: Dump, source: ByteSource): Memory {
  const { littleEndian } = dump;
  const runs = joinCapturedRanges(dump.captured);
  const cache = createWindowCache(runs, source);
  const scratch = new Uint8Array(8);
  const scratchView = new DataView(scratch.buffer);
  let window: MemoryWindow = cache.empty;

  /** Makes `window` hold the address; false where nothing is captured. */
  function load(address: Address): boolean {
    const found = cache.find(address);
    if (found === undefined) return false;
    window = found;
    return true;
  }

  /** Where `size` bytes stand that are not all in the current window: in a newly loaded one, or put together. */
  function locate(address: Address, size: number): DataView | undefined {
    if (!load(address)) return undefined;
    if (address + size <= window.end) return window.view;
    // The word straddles windows, or captured ranges that are neighbours in memory but not in the file.
    const got = read(address, size === 8 ? scratch : scratch.subarray(0, size));
    return got === size ? scratchView : undefined;
  }

  function u8(address: Address): number | undefined {
    if ((address >= window.start && address < window.end) || load(address)) {
      return window.bytes[address - window.start];
    }
    return undefined;
  }

  function u16(address: Address): number | undefined {
    const place = address - window.start;
    if (place >= 0 && address + 2 <= window.end) return window.view.getUint16(place, littleEndian);
    const view = locate(address, 2);
    return view?.getUint16(view === scratchView ? 0 : address - window.start, littleEndian);
  }

  function u32(address: Address): number | undefined {
    const place = address - window.start;
    if (place >= 0 && address + 4 <= window.end) return window.view.getUint32(place, littleEndian);
    const view = locate(address, 4);
    return view?.getUint32(view === scratchView ? 0 : address - window.start, littleEndian);
  }

  function i64(address: Address): number | undefined {
    const place = address - window.start;
    if (place >= 0 && address + 8 <= window.end) return signed64(window.view, place, littleEndian);
    const view = locate(address, 8);
    if (view === undefined) return undefined;
    return signed64(view, view === scratchView ? 0 : address - window.start, littleEndian);
  }

  function isHeld(address: Address, size: number): boolean {
    return address >= window.start && address + size <= window.end;
  }

  function read(address: Address, into: Uint8Array): number {
    if (into.length >= directReadSize && !isHeld(address, into.length))
      return readDirectly(runs, source, address, into);
    let done = 0;
    while (done < into.length) {
      const at = address + done;
      if (!(at >= window.start && at < window.end) && !load(at)) break;
      const place = at - window.start;
      const size = Math.min(into.length - done, window.end - at);
      into.set(window.bytes.subarray(place, place + size), done);
      done += size;
    }
    return done;
  }

  return {
    dump,
    file: source.file && { ...source.file, size: source.size },
    u8,
    u16,
    u32,
    i64,
    word: dump.pointerSize === 8 ? i64 : u32,
    read,
    readEach: (starts, sizes, into) => readEach(runs, source, { starts, sizes, into }),
    capturedBytesFrom: (address, limit) => capturedBytesFrom(runs, address, limit),
  };
}

function signed64(view: DataView, place: number, littleEndian: boolean): number {
  return littleEndian
    ? view.getInt32(place + 4, true) * 4294967296 + view.getUint32(place, true)
    : view.getInt32(place, false) * 4294967296 + view.getUint32(place + 4, false);
}

function readDirectly(runs: CapturedRuns, source: ByteSource, address: Address, into: Uint8Array): number {
  let done = 0;
  let index = runAt(runs, address);
  while (index >= 0 && done < into.length) {
    const at = address + done;
    const size = Math.min(into.length - done, runs.ends[index]! - at);
    const part = size === into.length ? into : into.subarray(done, done + size);
    const got = source.read(runs.fileOffsets[index]! + (at - runs.starts[index]!), part);
    done += got;
    if (got < size) break;
    index = runs.starts[index + 1] === at + size ? index + 1 : -1;
  }
  return done;
}

interface Stretches {
  readonly starts: readonly Address[];
  readonly sizes: readonly number[];
  readonly into: Uint8Array;
}

function readEach(runs: CapturedRuns, source: ByteSource, { starts, sizes, into }: Stretches): number {
  let done = 0;
  /** What is to be read next: bytes that stand side by side in the file. */
  let fileOffset = 0;
  let size = 0;
  const readOn = () => {
    if (size === 0) return true;
    const got = source.read(fileOffset, into.subarray(done, done + size));
    done += got;
    return got === size;
  };
  let index = -1;
  for (let stretch = 0; stretch < starts.length; stretch++) {
    const end = starts[stretch]! + sizes[stretch]!;
    for (let at = starts[stretch]!; at < end; ) {
      index = runs.starts[index + 1] === at ? index + 1 : runAt(runs, at);
      const place = index < 0 ? Number.NaN : runs.fileOffsets[index]! + (at - runs.starts[index]!);
      if (place !== fileOffset + size) {
        if (!readOn() || index < 0) return done;
        fileOffset = place;
        size = 0;
      }
      const stop = Math.min(end, runs.ends[index]!);
      size += stop - at;
      at = stop;
    }
  }
  readOn();
  return done;
}

function capturedBytesFrom(runs: CapturedRuns, address: Address, limit: number): number {
  let index = runAt(runs, address);
  if (index < 0) return 0;
  while (runs.ends[index]! - address < limit && runs.starts[index + 1] === runs.ends[index]) index += 1;
  return Math.max(0, Math.min(limit, runs.ends[index]! - address));
}
