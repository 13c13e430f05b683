// A window of pages of one track in all dumps: what it holds, and what became of it since the dump before.
import { type PageKernels, type PageWindow, sameFlag } from '../kernels/kernels.ts';
import type { Memory } from '../memory/memory.ts';
import { pageFlags, type TrackPages } from '../model/page-map.ts';
import type { WindowBuffer, WindowPages } from './captured-window.ts';
import { addRun, type TrackMeasure } from './track-measure.ts';

/** The scan's state for one dump. Its window and what the kernels tell of it stand in the kernels' memory. */
export interface DumpLane extends WindowBuffer {
  readonly memory: Memory;
  readonly window: Omit<PageWindow, 'pages'>;
  /** By page, as comparePages writes them. */
  readonly facts: Uint32Array;
  /** By page, as model/page-map.ts has them: what the window holds, and what became of it. */
  readonly flags: Uint8Array;
  /** Captured bytes of the window at hand; where there are none, the facts say nothing. */
  held: number;
  /** Of the track at hand: from the dump's own addresses to the track's. */
  shift: number;
}

/** Tells what each page is, and adds up what the window holds, dump by dump; its bytes are in the lanes. */
export function measureWindow(
  kernels: PageKernels,
  lanes: readonly DumpLane[],
  { measure, pages }: { readonly measure: TrackMeasure; readonly pages: number },
): void {
  for (const [index, lane] of lanes.entries()) {
    if (lane.held === 0) {
      lane.flags.fill(0);
      continue;
    }
    const before = lanes[index - 1];
    const known = before !== undefined && before.held > 0 ? { ...before.window, pages } : undefined;
    kernels.comparePages({ ...lane.window, pages }, known);
    tellPages(lane, before, { measure, pages, index });
  }
}

function tellPages(
  { pageBytes, capturedOfPage, facts, flags, held }: DumpLane,
  before: DumpLane | undefined,
  { measure, pages, index }: { readonly measure: TrackMeasure; readonly pages: number; readonly index: number },
): void {
  const capturedBefore = before === undefined || before.held === 0 ? undefined : before.capturedOfPage;
  let zero = 0;
  let populated = 0;
  let unchanged = 0;
  let fresh = 0;
  for (let page = 0; page < pages; page++) {
    const captured = capturedOfPage[page]!;
    if (captured === 0) {
      flags[page] = 0;
      continue;
    }
    const fact = facts[page]!;
    const zeroBytes = fact & ~sameFlag;
    // Bytes that are not captured stand as zero in the window.
    zero += zeroBytes - (pageBytes - captured);
    let flag: number = pageFlags.zero;
    if (zeroBytes < pageBytes) {
      flag = pageFlags.populated;
      populated += captured;
    }
    const earlier = capturedBefore === undefined ? 0 : capturedBefore[page]!;
    if (before === undefined) {
      // Nothing is known of what was before the first dump.
    } else if (earlier === 0) {
      flag |= pageFlags.new;
      fresh += captured;
    } else if (fact >= sameFlag && earlier === captured) {
      flag |= pageFlags.unchanged;
      unchanged += captured;
    } else flag |= pageFlags.changed;
    flags[page] = flag;
  }
  measure.capturedBytes[index]! += held;
  measure.zeroBytes[index]! += zero;
  measure.populatedBytes[index]! += populated;
  if (before === undefined) return;
  measure.unchangedBytes[index]! += unchanged;
  measure.newBytes[index]! += fresh;
  measure.changedBytes[index]! += held - unchanged - fresh;
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
  for (const [index, { flags, held }] of lanes.entries()) {
    if (held === 0) continue;
    const target = trackPages.pages[index]!;
    for (let page = 0; page < pages.count; page++) {
      const at = Math.floor((pages.addresses[page]! - trackPages.start) / bytesPerPage);
      if (flags[page] !== 0) target[at]! |= flags[page]!;
    }
  }
}

/** Notes the pages that hold something in the last dump and held nothing in the first. */
export function noteGrowth(
  lanes: readonly DumpLane[],
  { measure, pages }: { readonly measure: TrackMeasure; readonly pages: WindowPages },
): void {
  const { flags: first } = lanes[0]!;
  const { flags: last, pageBytes, held } = lanes[lanes.length - 1]!;
  if (held === 0) return;
  for (let page = 0; page < pages.count; page++) {
    if ((last[page]! & ~first[page]! & pageFlags.populated) !== 0) {
      const start = pages.addresses[page]!;
      addRun(measure.grownRuns, start, start + pageBytes);
    }
  }
}
