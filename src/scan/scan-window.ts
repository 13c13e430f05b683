// A window of pages of one track in all dumps: what it holds, and what became of it since the dump before.
import type { PageKernels, PageNotes, PageWindow, Place } from '../kernels/kernels.ts';
import type { Memory } from '../memory/memory.ts';
import type { TrackPages } from '../model/page-map.ts';
import type { WindowBuffer, WindowPages } from './captured-window.ts';
import { addRun, type TrackMeasure } from './track-measure.ts';

/** The scan's state for one dump. Its window and what the kernels tell of it stand in the kernels' memory. */
export interface DumpLane extends WindowBuffer {
  readonly memory: Memory;
  readonly window: Omit<PageWindow, 'pages'>;
  /** Where the captured bytes of pages stand, and the flags. */
  readonly notes: PageNotes;
  /** By page, as model/page-map.ts has them: what the window holds, and what became of it. */
  readonly flags: Uint8Array;
  /** Captured bytes of the window at hand; where there are none, nothing but the flags says anything. */
  held: number;
  /** Of the track at hand: from the dump's own addresses to the track's. */
  shift: number;
}

/** Where the kernels write of a window's pages in all dumps. */
export interface PageDesk {
  /** See pageSums. */
  readonly sumPlace: Place;
  readonly sums: Uint32Array;
  readonly runPlace: Place;
  /** Of each run the index of its first page and the one behind its last. */
  readonly runs: Uint32Array;
}

/** Tells what each page is, and adds up what the window holds, dump by dump; its bytes are in the lanes. */
export function measureWindow(
  kernels: PageKernels,
  lanes: readonly DumpLane[],
  { measure, pages, desk }: { readonly measure: TrackMeasure; readonly pages: number; readonly desk: PageDesk },
): void {
  for (const [index, lane] of lanes.entries()) {
    const { held } = lane;
    if (held === 0) {
      lane.flags.fill(0);
      continue;
    }
    const before = lanes[index - 1];
    const window = { ...lane.window, pages };
    const known = before !== undefined && before.held > 0 ? before : undefined;
    kernels.comparePages(window, known && { ...known.window, pages });
    kernels.tellPages(window, lane.notes, before && (known?.notes ?? null), desk.sumPlace);
    const [zero, populated, unchanged, fresh] = desk.sums as unknown as [number, number, number, number];
    measure.capturedBytes[index]! += held;
    measure.zeroBytes[index]! += zero;
    measure.populatedBytes[index]! += populated;
    if (before === undefined) continue;
    measure.unchangedBytes[index]! += unchanged;
    measure.newBytes[index]! += fresh;
    measure.changedBytes[index]! += held - unchanged - fresh;
  }
}

/** Keeps what became of each page in each dump. */
export function notePages(
  lanes: readonly DumpLane[],
  task: {
    readonly trackPages: TrackPages;
    readonly bytesPerPage: number;
    readonly pages: WindowPages;
  },
): void {
  const { trackPages, bytesPerPage, pages } = task;
  for (const [index, { flags, held, pageBytes }] of lanes.entries()) {
    if (held === 0) continue;
    const target = trackPages.pages[index]!;
    for (let run = 0; run < pages.runCount; run++) {
      const first = pages.firsts[run]!;
      const behind = pages.firsts[run + 1]!;
      const at = (pages.starts[run]! - trackPages.start) / bytesPerPage;
      // Each page is come upon once.
      if (bytesPerPage === pageBytes) target.set(flags.subarray(first, behind), at);
      else
        for (let page = first; page < behind; page++)
          target[Math.floor(at + ((page - first) * pageBytes) / bytesPerPage)]! |= flags[page]!;
    }
  }
}

/** Notes the pages that hold something in the last dump and held nothing in the first. */
export function noteGrowth(
  kernels: PageKernels,
  lanes: readonly DumpLane[],
  { measure, pages, desk }: { readonly measure: TrackMeasure; readonly pages: WindowPages; readonly desk: PageDesk },
): void {
  const { notes: first } = lanes[0]!;
  const { notes: last, pageBytes, held } = lanes[lanes.length - 1]!;
  if (held === 0) return;
  const count = kernels.grownRuns(first.flags, last.flags, pages.count, desk.runPlace);
  let run = 0;
  for (let grown = 0; grown < count; grown++) {
    const behind = desk.runs[2 * grown + 1]!;
    // Pages side by side in the window may lie apart in memory.
    for (let page = desk.runs[2 * grown]!; page < behind; ) {
      while (pages.firsts[run + 1]! <= page) run++;
      const stop = Math.min(behind, pages.firsts[run + 1]!);
      const start = pages.starts[run]! + (page - pages.firsts[run]!) * pageBytes;
      addRun(measure.grownRuns, start, start + (stop - page) * pageBytes);
      page = stop;
    }
  }
}
