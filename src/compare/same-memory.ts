// A file that was given twice, or a process that stood still.
import type { DumpWarning } from '../model/dump.ts';
import type { TrackMeasure } from '../scan/track-measure.ts';

/** Per dump, a warning when it holds the same memory as the one before, byte for byte. */
export function sameMemoryWarnings(measures: readonly TrackMeasure[], dumpCount: number): (DumpWarning | null)[] {
  const sum = (pick: 'capturedBytes' | 'unchangedBytes', dump: number) =>
    measures.reduce((total, measure) => total + measure[pick][dump]!, 0);
  return Array.from({ length: dumpCount }, (_, dump) => {
    const captured = sum('capturedBytes', dump);
    const isSame =
      dump > 0 &&
      captured > 0 &&
      captured === sum('capturedBytes', dump - 1) &&
      captured === sum('unchangedBytes', dump);
    if (!isSame) return null;
    const message =
      'this dump holds the same memory as the one before, byte for byte: a dump that was given twice, or of a process that stood still';
    return { code: 'same-memory', message, offset: null };
  });
}
