// ELF cores of a whole machine: /proc/vmcore, `makedumpfile -E`, QEMU's dump-guest-memory.
import { isExactAddress } from '../../bytes/binary-reader.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import type { Dump } from '../../model/dump.ts';
import { settleCapturedRanges } from '../captured-ranges.ts';
import { withoutOverlaps } from '../intervals.ts';
import { physicalDump } from '../physical-memory.ts';
import { kernelDetails } from '../vmcoreinfo.ts';
import type { WarningLog } from '../warnings.ts';
import { architectureOf, type ElfHeader } from './elf-header.ts';
import type { CoreNotes } from './notes.ts';
import { type LoadSegment, readPlacedSegments } from './program-headers.ts';

/** The kernel describes itself in a note, QEMU the processors that it emulates. */
export function isOfMachine(notes: CoreNotes): boolean {
  return notes.vmcoreInfo !== undefined || notes.owners.has('QEMU');
}

interface MachineCore {
  readonly source: ByteSource;
  readonly header: ElfHeader;
  readonly notes: CoreNotes;
  readonly warnings: WarningLog;
}

/** The kernel's own code is there twice, by its own mapping and by that of all memory: one physical place counts once. */
export function machineDump({ source, header, notes, warnings }: MachineCore): Dump {
  // Mappings of no memory (of devices, of what is put together of single pages) have -1 for a place.
  const placed = readPlacedSegments(source, header).filter(
    (load) => load.physicalStart >= 0 && isExactAddress(load.physicalStart + sizeOf(load)),
  );
  const memory = placed.map((load) => ({
    start: load.physicalStart,
    end: load.physicalStart + sizeOf(load),
  }));
  const declared = placed.map(({ physicalStart, fileSize, fileOffset }) => ({
    start: physicalStart,
    size: fileSize,
    fileOffset,
  }));
  const captured = settleCapturedRanges(declared, source.size, warnings);
  const facts = {
    format: 'elf-core',
    operatingSystem: notes.vmcoreInfo === undefined ? ('unknown' as const) : ('linux' as const),
    architecture: architectureOf(header),
    pointerSize: header.is64Bit ? (8 as const) : (4 as const),
    littleEndian: header.littleEndian,
    pageSize: notes.vmcoreInfo?.pageSize ?? 4096,
    capturedAt: notes.vmcoreInfo?.crashedAt ?? null,
    details: kernelDetails(notes.vmcoreInfo),
    memory: withoutOverlaps(memory),
    captured,
  };
  return physicalDump(facts, warnings);
}

function sizeOf({ start, end }: LoadSegment): number {
  return end - start;
}
