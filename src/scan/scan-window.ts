// A window of pages of one track in all dumps: what it holds, and what became of it since the dump before.
import { type PageKernels, type PageWindow, sameFlag } from '../kernels/kernels.ts';
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import { pageFlags, type TrackPages } from '../model/page-map.ts';
import type { WindowBuffer } from './captured-window.ts';
import { addRun, type TrackMeasure } from './track-measure.ts';

/** The scan's state for one dump. Its window and what the kernels tell of it stand in the kernels' memory. */
export interface DumpLane extends WindowBuffer {
  readonly memory: Memory;
  readonly window: Omit<PageWindow, 'pages'>;
  /** By page, as comparePages writes them. */
  readonly facts: Uint32Array;
  /** Captured bytes of the window at hand; where there are none, the facts say nothing. */
  held: number;
  /** Of the track at hand: from the dump's own addresses to the track's. */
  shift: number;
}

/** Adds up what the window holds, dump by dump; its bytes are in the lanes. */
export function measureWindow(
  kernels: PageKernels,
  lanes: readonly DumpLane[],
  { measure, pages }: { readonly measure: TrackMeasure; readonly pages: number },
): void {
  for (const [index, lane] of lanes.entries()) {
    if (lane.held === 0) continue;
    const before = lanes[index - 1];
    const known = before !== undefined && before.held > 0 ? { ...before.window, pages } : undefined;
    kernels.comparePages({ ...lane.window, pages }, known);
    addUp(lane, before, { measure, pages, index });
  }
}

function addUp(
  lane: DumpLane,
  before: DumpLane | undefined,
  { measure, pages, index }: { readonly measure: TrackMeasure; readonly pages: number; readonly index: number },
): void {
  const { pageBytes, capturedOfPage, facts } = lane;
  let zero = 0;
  let populated = 0;
  let unchanged = 0;
  let fresh = 0;
  for (let page = 0; page < pages; page++) {
    const captured = capturedOfPage[page]!;
    if (captured === 0) continue;
    const zeroBytes = facts[page]! & ~sameFlag;
    // Bytes that are not captured stand as zero in the window.
    zero += zeroBytes - (pageBytes - captured);
    if (zeroBytes < pageBytes) populated += captured;
    const became = becomeOf(lane, before, page);
    if (became === 'new') fresh += captured;
    else if (became === 'unchanged') unchanged += captured;
  }
  measure.capturedBytes[index]! += lane.held;
  measure.zeroBytes[index]! += zero;
  measure.populatedBytes[index]! += populated;
  if (before === undefined) return;
  measure.unchangedBytes[index]! += unchanged;
  measure.newBytes[index]! += fresh;
  measure.changedBytes[index]! += lane.held - unchanged - fresh;
}

/** What became of a captured page since the dump before. */
function becomeOf(lane: DumpLane, before: DumpLane | undefined, page: number): 'new' | 'unchanged' | 'changed' {
  const capturedBefore = before === undefined || before.held === 0 ? 0 : before.capturedOfPage[page]!;
  if (capturedBefore === 0) return 'new';
  return lane.facts[page]! >= sameFlag && capturedBefore === lane.capturedOfPage[page] ? 'unchanged' : 'changed';
}

/** Keeps what became of each page in each dump. */
export function notePages(
  lanes: readonly DumpLane[],
  task: {
    readonly trackPages: TrackPages;
    readonly bytesPerPage: number;
    readonly pages: number;
    readonly start: Address;
  },
): void {
  const { trackPages, bytesPerPage, pages, start } = task;
  for (const [index, lane] of lanes.entries()) {
    if (lane.held === 0) continue;
    const target = trackPages.pages[index]!;
    for (let page = 0; page < pages; page++) {
      if (lane.capturedOfPage[page] === 0) continue;
      const at = Math.max(0, Math.floor((start + page * lane.pageBytes - trackPages.start) / bytesPerPage));
      const became = index === 0 ? 0 : pageFlags[becomeOf(lane, lanes[index - 1], page)];
      target[at]! |= became | (holdsSomething(lane, page) ? pageFlags.populated : pageFlags.zero);
    }
  }
}

/** Notes the pages that hold something in the last dump and held nothing in the first. */
export function noteGrowth(
  lanes: readonly DumpLane[],
  { measure, pages, start }: { readonly measure: TrackMeasure; readonly pages: number; readonly start: Address },
): void {
  const first = lanes[0]!;
  const last = lanes[lanes.length - 1]!;
  const { pageBytes } = last;
  if (last.held === 0) return;
  for (let page = 0; page < pages; page++) {
    if (holdsSomething(last, page) && !holdsSomething(first, page)) {
      addRun(measure.grownRuns, start + page * pageBytes, start + (page + 1) * pageBytes);
    }
  }
}

function holdsSomething({ held, capturedOfPage, facts, pageBytes }: DumpLane, page: number): boolean {
  return held > 0 && capturedOfPage[page]! > 0 && (facts[page]! & ~sameFlag) < pageBytes;
}
