import type { ByteSource } from '../bytes/byte-source.ts';
import type { Address } from '../model/address.ts';
import { type CapturedRuns, runAt } from './captured-runs.ts';

/** Memory bytes held in main memory: those of addresses `start` to `end` (exclusive) stand in `bytes` from 0 on. */
export interface MemoryWindow {
  start: Address;
  end: Address;
  bytes: Uint8Array;
  view: DataView;
}

export interface WindowCache {
  /** A window that holds no address. */
  readonly empty: MemoryWindow;
  /** A window that holds the address, read from the file if need be; undefined where nothing is captured. */
  find(address: Address): MemoryWindow | undefined;
}

/** A jump costs one page of reading; every step forward doubles the window, so that a walk soon reads in big pieces. */
const smallestWindow = 1 << 12;
const largestWindow = 1 << 18;

/** Walks read from a few places in turn: chunk, its neighbour, a free list, a class table. Each gets its window. */
const windowCount = 8;

/** Keeps a few windows of memory over the file; together they are never larger than 2 MiB. */
export function createWindowCache(runs: CapturedRuns, source: ByteSource): WindowCache {
  const empty = emptyWindow();
  const windows = Array.from({ length: windowCount }, emptyWindow);
  let lastRun = -1;
  let victim = 0;

  function holdingRun(address: Address): number {
    if (lastRun >= 0 && address >= runs.starts[lastRun]! && address < runs.ends[lastRun]!) return lastRun;
    return runAt(runs, address);
  }

  /** The window that a forward walk has just left, and so the one to reuse; else the next in turn. */
  function chooseWindow(address: Address): { window: MemoryWindow; size: number } {
    for (const window of windows) {
      const size = window.end - window.start;
      if (size > 0 && address >= window.end && address < window.end + size) {
        return { window, size: Math.min(largestWindow, Math.max(smallestWindow, window.bytes.length * 2)) };
      }
    }
    victim = (victim + 1) % windowCount;
    return { window: windows[victim]!, size: smallestWindow };
  }

  function find(address: Address): MemoryWindow | undefined {
    for (const window of windows) {
      if (address >= window.start && address < window.end) return window;
    }
    const run = holdingRun(address);
    if (run < 0) return undefined;
    lastRun = run;
    const { window, size } = chooseWindow(address);
    fill(window, size, address, run);
    return address < window.end ? window : undefined;
  }

  function fill(window: MemoryWindow, size: number, address: Address, run: number): void {
    if (window.bytes.length !== size) {
      window.bytes = new Uint8Array(size);
      window.view = new DataView(window.bytes.buffer);
    }
    const runStart = runs.starts[run]!;
    window.start = Math.max(runStart, Math.floor(address / smallestWindow) * smallestWindow);
    // Nothing is held while reading, which may throw.
    window.end = window.start;
    const wanted = Math.min(size, runs.ends[run]! - window.start);
    const got = source.read(runs.fileOffsets[run]! + (window.start - runStart), window.bytes.subarray(0, wanted));
    window.end = window.start + got;
  }

  return { empty, find };
}

function emptyWindow(): MemoryWindow {
  const bytes = new Uint8Array(0);
  return { start: 0, end: 0, bytes, view: new DataView(bytes.buffer) };
}
