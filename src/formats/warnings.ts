import type { DumpWarning } from '../model/dump.ts';

/** Collects what was damaged or missing. One warning per code: a broken table would else fill a report. */
export interface WarningLog {
  /** The first message of a code is kept; later ones are only counted. */
  add(code: string, message: string, offset?: number): void;
  list(): DumpWarning[];
}

/** See WarningLog. */
export function createWarningLog(): WarningLog {
  const first = new Map<string, DumpWarning>();
  const counts = new Map<string, number>();
  return {
    add(code, message, offset) {
      if (!first.has(code)) first.set(code, { code, message, offset: offset ?? null });
      counts.set(code, (counts.get(code) ?? 0) + 1);
    },
    list() {
      return [...first.values()].map((warning) => {
        const more = counts.get(warning.code)! - 1;
        return more === 0 ? warning : { ...warning, message: `${warning.message} (and ${more} more of this kind)` };
      });
    },
  };
}
