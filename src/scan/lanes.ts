// Lays out the kernels' memory: a window of each dump, what is told of its pages, and the tables of what is mapped.
import { type AddressTable, planAddressTable } from '../kernels/address-table.ts';
import { pageSums, reservedBytes } from '../kernels/kernels.ts';
import { newPlaces } from '../kernels/take-places.ts';
import type { Memory } from '../memory/memory.ts';
import type { CellMap } from '../model/cell-map.ts';
import { union } from '../model/intervals.ts';
import { type CellLane, cellRoom, newOpenCell } from './scan-cells.ts';
import type { DumpLane, PageDesk } from './scan-window.ts';

/**
 * Bytes of all windows together: what was just read is still in the cache that the processor's cores share when the
 * kernels come to it. Windows that fit a core's own cache are slower, for each costs a call.
 */
const windowBudget = 3 << 20;
/** More dumps than that: reading less at a time than this costs more than the cache saves. */
const smallestWindow = 64 << 10;
const largestWindow = 1 << 20;

export interface LanePlan {
  readonly pageBytes: number;
  readonly windowBytes: number;
  readonly bytesPerCell: number;
  /** Per dump what is mapped, where words are told apart; else empty. */
  readonly mapped: readonly AddressTable[];
  /** Of each window's cells or counts; 0 where nothing is drawn. */
  readonly cellBytes: number;
  /** Of the kernels' memory. */
  readonly bytes: number;
}

export function planLanes(memories: readonly Memory[], cellMap: CellMap, pageBytes: number): LanePlan {
  const share = 2 ** Math.floor(Math.log2(windowBudget / memories.length));
  const windowBytes = Math.max(smallestWindow, Math.min(largestWindow, share));
  const isDrawn = cellMap.tracks.length > 0;
  const mapped = isDrawn ? memories.map(({ dump }) => planAddressTable(union(dump.regions))) : [];
  const pages = windowBytes / pageBytes;
  const cellBytes = isDrawn ? pages * cellRoom(pageBytes, cellMap.bytesPerCell) : 0;
  const perLane = windowBytes + 2 * aligned(pages * 4) + aligned(pages) + aligned(cellBytes);
  const perWindow = aligned(4 * pageSums.length) + aligned(pages * 8);
  const tables = mapped.reduce((sum, table) => sum + aligned(table.bytes), 0);
  const bytes = reservedBytes + memories.length * perLane + perWindow + tables;
  return { pageBytes, windowBytes, bytesPerCell: cellMap.bytesPerCell, mapped, cellBytes, bytes };
}

/** Nothing that is laid out begins in a cache line of the processor that something else ends in. */
const cacheLine = 64;

function aligned(bytes: number): number {
  return Math.ceil(bytes / cacheLine) * cacheLine;
}

export function openLanes(
  plan: LanePlan,
  buffer: ArrayBuffer,
  memories: readonly Memory[],
): { readonly lanes: DumpLane[]; readonly cellLanes: CellLane[]; readonly pageDesk: PageDesk } {
  const { take } = newPlaces(cacheLine);
  const { pageBytes, windowBytes } = plan;
  const pages = windowBytes / pageBytes;
  const lanes = memories.map((memory): DumpLane => {
    const window = { pageBytes, current: take(windowBytes), facts: take(pages * 4) };
    const notes = { captured: take(pages * 4), flags: take(pages) };
    return {
      memory,
      window,
      notes,
      bytes: new Uint8Array(buffer, window.current, windowBytes),
      flags: new Uint8Array(buffer, notes.flags, pages),
      capturedOfPage: new Uint32Array(buffer, notes.captured, pages),
      pageBytes,
      held: 0,
      shift: 0,
    };
  });
  const sumPlace = take(4 * pageSums.length);
  const runPlace = take(pages * 8);
  const pageDesk = {
    sumPlace,
    sums: new Uint32Array(buffer, sumPlace, pageSums.length),
    runPlace,
    runs: new Uint32Array(buffer, runPlace, pages * 2),
  };
  const cellLanes = plan.mapped.map((mapped, index): CellLane => {
    const place = take(plan.cellBytes);
    const { pointerSize, littleEndian } = memories[index]!.dump;
    const ranges = mapped.write(buffer, take(mapped.bytes));
    return {
      rules: { isWide: pointerSize === 8, isBigEndian: !littleEndian, ranges },
      place,
      counts: new Uint32Array(buffer, place, Math.floor(plan.cellBytes / 4)),
      codes: new Uint8Array(buffer, place, plan.cellBytes),
      open: newOpenCell(),
    };
  });
  return { lanes, cellLanes, pageDesk };
}
