// Dumps of a whole machine: what they share, whichever tool wrote them.
import type { CapturedRange, Dump, DumpDetail, MemoryRegion } from '../model/dump.ts';
import type { List } from '../model/list.ts';
import type { WarningLog } from './warnings.ts';

interface PhysicalRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

interface PhysicalDump extends Pick<Dump, 'format' | 'operatingSystem' | 'architecture' | 'pointerSize'> {
  readonly littleEndian: boolean;
  readonly pageSize: number;
  readonly capturedAt: Date | null;
  readonly details: readonly DumpDetail[];
  /** Memory that the machine has; sorted, never overlapping. */
  readonly memory: List<PhysicalRange>;
  readonly captured: List<CapturedRange>;
}

/** A dump by physical address, and the word of warning that goes with it. */
export function physicalDump(facts: PhysicalDump, warnings: WarningLog): Dump {
  const { memory, ...rest } = facts;
  const text =
    'addresses in this dump are physical: it holds the memory of a machine, not of one process. Dumps are compared by physical page, which may belong to another program in each, and no heaps are walked';
  warnings.add('physical-addresses', text);
  return {
    ...rest,
    processId: null,
    processName: null,
    addressSpace: 'physical',
    regions: memory.map(toRegion),
    modules: [],
    threads: [],
    warnings: warnings.list(),
  };
}

function toRegion({ start, end }: PhysicalRange): MemoryRegion {
  return { start, end, kind: 'unknown', name: '', readable: true, writable: true, executable: false };
}
