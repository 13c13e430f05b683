// Dumps of one process, one after the other: at equal times, or at equal steps of its growth.
import { setTimeout } from 'node:timers/promises';
import type { CaptureTrace } from '../capture/capture-process.ts';
import { growthBetween, type ProcessSize, sizeOf } from '../capture/process-size.ts';
import { longestChain } from '../formats/elf-core/incremental.ts';
import { printBytes, printDuration } from '../text/print-quantity.ts';
import {
  type CapturedFile,
  type CaptureToFileOptions,
  captureToFile,
  describeCapture,
  sayWarnings,
} from './capture-to-file.ts';
import { onExit } from './clean-up.ts';
import { openProgressBar, type ProgressBar } from './progress-bar.ts';
import { say } from './terminal.ts';

export interface SeriesOptions extends Omit<CaptureToFileOptions, 'series'> {
  /** Stores what changed only, as far as it can. */
  readonly isIncremental: boolean;
  /** Milliseconds between the dumps; with a growth to wait for, at least. */
  readonly every: number;
  readonly count: number;
  /** Bytes of growth since the first dump at which the last one is taken; undefined to go by time alone. */
  readonly untilBytes: number | undefined;
}

export interface Series {
  readonly dumps: readonly CapturedFile[];
  /** Why there are no more. */
  readonly ended: 'complete' | 'interrupted' | 'process-ended';
}

/** The process may end or grow at any time. */
const longestNapMs = 500;

/**
 * @param folder that the dumps are written to
 * Rejects when a dump cannot be taken for another reason than that the process has ended, or before the first one for
 * any; dumps that were taken stay.
 */
export async function takeSeries(
  processId: number,
  folder: string,
  options: SeriesOptions,
  signal: AbortSignal,
): Promise<Series> {
  const dumps: CapturedFile[] = [];
  let base: CaptureTrace | undefined;
  const bar = await openProgressBar(!options.quiet);
  const forget = onExit(() => bar.stop());
  let first: ProcessSize | undefined;
  try {
    while (dumps.length < options.count) {
      if (first !== undefined) {
        await untilDue(processId, first, { taken: dumps.length, options, bar, signal });
        bar.stop();
        // Another process may have its id by now, and would be stopped and dumped.
        if (sizeOfSame(processId, first) === undefined) return { dumps, ended: 'process-ended' };
      }
      // Taken before the dump, so that growth while it is written counts as well.
      first ??= sizeOf(processId);
      if (dumps.length % (longestChain + 1) === 0) base = undefined;
      const series = options.isIncremental ? { base } : undefined;
      const captured = await captureToFile(processId, folder, { ...options, series }, signal);
      base = captured.trace;
      // Digests of all dumps would be too many to keep.
      dumps.push({ ...captured, trace: undefined });
      if (!options.quiet) say(`dump ${dumps.length} of ${options.count}: ${describeCapture(captured)}`);
      if (dumps.length === 1) sayWarnings(captured);
    }
    return { dumps, ended: 'complete' };
  } catch (error) {
    if (signal.aborted) return { dumps, ended: 'interrupted' };
    if (first !== undefined && dumps.length > 0 && sizeOfSame(processId, first) === undefined) {
      return { dumps, ended: 'process-ended' };
    }
    throw error;
  } finally {
    bar.stop();
    forget();
  }
}

interface Wait {
  /** Dumps so far. */
  readonly taken: number;
  readonly options: SeriesOptions;
  readonly bar: ProgressBar;
  readonly signal: AbortSignal;
}

/** Rejects with the signal's reason; returns at once when the process has ended, which the next capture tells. */
async function untilDue(processId: number, first: ProcessSize, { taken, options, bar, signal }: Wait): Promise<void> {
  const { every, count, untilBytes } = options;
  const wantedGrowth = untilBytes === undefined ? 0 : (untilBytes * taken) / (count - 1);
  const next = `dump ${taken + 1} of ${count}`;
  const started = performance.now();
  for (;;) {
    const size = sizeOfSame(processId, first);
    if (size === undefined) return;
    const growth = growthBetween(first, size);
    const left = every - (performance.now() - started);
    if (left <= 0 && growth >= wantedGrowth) return;
    if (growth < wantedGrowth) {
      bar.show(`${next} at +${printBytes(wantedGrowth)}, now +${printBytes(growth)}`, growth, wantedGrowth);
    } else {
      bar.show(`${next} in ${printDuration(Math.ceil(left / 1000) * 1000)}`, every - left, every);
    }
    await setTimeout(growth < wantedGrowth ? longestNapMs : Math.min(longestNapMs, left), undefined, { signal });
  }
}

/** Undefined when it has ended, whoever has its id now. */
function sizeOfSame(processId: number, first: ProcessSize): ProcessSize | undefined {
  const size = sizeOf(processId);
  return size?.startTicks === first.startTicks ? size : undefined;
}
