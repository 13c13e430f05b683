import type { ByteSource } from '../../bytes/byte-source.ts';
import { LeakvizError } from '../../errors.ts';
import type { Address } from '../../model/address.ts';
import { itemStartingAtOrBelow, lastStartingAtOrBelow } from '../../model/address.ts';
import type { CapturedRange, Dump, MemoryRegion, OperatingSystem } from '../../model/dump.ts';
import { newCapturedTable } from '../../model/dump-tables.ts';
import type { List, Table } from '../../model/list.ts';
import { settleCapturedRanges } from '../captured-ranges.ts';
import type { DumpFormat } from '../dump-format.ts';
import { cutRanges } from '../intervals.ts';
import type { LinuxMapping } from '../linux-maps.ts';
import { baseName } from '../text.ts';
import { isPageSize } from '../vmcoreinfo.ts';
import { createWarningLog } from '../warnings.ts';
import { coreDetails } from './details.ts';
import { architectureOf, isElfCore, readElfHeader } from './elf-header.ts';
import { findImagePaths, findImageStarts } from './images.ts';
import { isOfMachine, machineDump } from './machine-memory.ts';
import { toModules } from './modules.ts';
import { type CoreNotes, readNotes } from './notes.ts';
import { auxiliaryTypes } from './process-notes.ts';
import {
  fileOffsetsOf,
  flagsOf,
  type LoadSegment,
  readableFlag,
  readProgramHeaders,
  sortedLoads,
  writableFlag,
} from './program-headers.ts';
import { cutIntoPieces, toRegions } from './regions.ts';
import { runMarksOf } from './run-marks.ts';

/** ELF core dumps of Linux and other Unix systems: by the kernel, by gdb's gcore, by createdump and others. */
export const elfCore = {
  id: 'elf-core',
  displayName: 'ELF core dump',
  reference: 'https://man7.org/linux/man-pages/man5/core.5.html',
  probe: isElfCore,
  // Most of it is loaded anyway, by what looks for incremental cores.
  load: async () => openElfCore,
} as const satisfies DumpFormat;

function openElfCore(source: ByteSource): Dump {
  const warnings = createWarningLog();
  const header = readElfHeader(source);
  if (header.isIncremental) throw incomplete();
  const segments = readProgramHeaders(source, header, warnings);
  const notes = readNotes(source, header, segments.notes, warnings);
  if (isOfMachine(notes)) return machineDump({ source, header, notes, warnings });
  const loads = accessibleLoads(segments.loads);
  if (loads.length === 0) warnings.add('no-memory', 'the core has no memory in it: no PT_LOAD that can be accessed');
  const settled = settleCapturedRanges(capturedRanges(loads), source.size, warnings, {
    bounds: loads,
    fileOffsets: fileOffsetsOf(loads),
  });
  const captured = withoutUnread(settled, notes.capture.unread);
  const { mappings } = notes.capture;
  const pieces = cutIntoPieces(mappings.length > 0 ? mappings.map(toMappedRange) : loads, notes.files);
  const bytes = { source, captured };
  const imagePaths = findImagePaths(pieces, notes.files, knownImageAddresses(notes), bytes);
  const imageStarts = notes.files.length === 0 ? findImageStarts(pieces, bytes) : new Set<Address>();
  const regions = toRegions(pieces, { paths: imagePaths, starts: imageStarts }, landmarksOf(notes));
  const processName = processNameOf(notes);
  return {
    format: 'elf-core',
    operatingSystem: operatingSystemOf(notes),
    architecture: architectureOf(header),
    pointerSize: header.is64Bit ? 8 : 4,
    littleEndian: header.littleEndian,
    pageSize: pageSizeOf(notes),
    processId: notes.process?.id ?? notes.threads[0]?.id ?? null,
    processName,
    ...(notes.capture.base === undefined ? {} : { isIncremental: true }),
    capturedAt: notes.capture.capturedAt,
    addressSpace: 'virtual',
    regions,
    mayLackRegions: lacksFirstStack(regions, notes),
    captured,
    modules: toModules(notes.files, imagePaths),
    threads: notes.threads.map((thread) => ({ ...thread, environmentBlock: undefined })),
    runMarks: runMarksOf(notes, bytes),
    warnings: warnings.list(),
    details: coreDetails(header, notes, { loads: segments.loads, processName }),
  };
}

function incomplete(): LeakvizError {
  const text = 'this core holds only what changed since another one, and cannot be read by itself';
  return new LeakvizError('unsupported-dump', text, { hint: 'Open it by its path, with the others in its folder.' });
}

/** The kernel lists all that is mapped; gcore leaves out without a word what coredump_filter says, stacks too. */
function lacksFirstStack(regions: List<MemoryRegion>, notes: CoreNotes): boolean {
  const stack = operatingSystemOf(notes) === 'linux' ? notes.auxiliary.get(auxiliaryTypes.random) : undefined;
  const region = stack === undefined ? undefined : itemStartingAtOrBelow(regions, stack);
  return stack !== undefined && (region === undefined || stack >= region.end);
}

/** Segments without any access right are reserved addresses. Writers that set no rights at all say nothing by it. */
function accessibleLoads(loads: Table<LoadSegment>): Table<LoadSegment> {
  if (!loads.some((load) => load.flags === 0)) return sortedLoads(loads);
  const saysNothing = !loads.some((load) => load.flags !== 0);
  return sortedLoads(accessible());

  function* accessible(): Generator<LoadSegment, void> {
    for (const load of loads) {
      if (saysNothing) yield { ...load, flags: readableFlag | writableFlag };
      else if (load.flags !== 0) yield load;
    }
  }
}

function* capturedRanges(loads: Iterable<LoadSegment>): Generator<CapturedRange, void> {
  for (const { start, fileSize, fileOffset } of loads) yield { start, size: fileSize, fileOffset };
}

/** A mapping that is dumped in part has a segment for each part, and is one region all the same. */
function toMappedRange(mapping: LinuxMapping) {
  return { start: mapping.start, end: mapping.end, flags: flagsOf(mapping) };
}

/** The zeros that stand for bytes that could not be read are not the process's. */
function withoutUnread(captured: Table<CapturedRange>, unread: CoreNotes['capture']['unread']): Table<CapturedRange> {
  if (unread.length === 0) return captured;
  const kept = newCapturedTable();
  const ranges = captured.map((range) => ({ ...range, end: range.start + range.size }));
  cutRanges(ranges, unread, ({ start, end }, range, hole) => {
    if (hole === undefined) kept.push({ start, size: end - start, fileOffset: range.fileOffset + start - range.start });
  });
  return kept;
}

function knownImageAddresses({ auxiliary }: CoreNotes): Address[] {
  const types = [auxiliaryTypes.entry, auxiliaryTypes.programHeaders, auxiliaryTypes.linkerBase];
  return types.map((type) => auxiliary.get(type)).filter((address) => address !== undefined);
}

function landmarksOf(notes: CoreNotes) {
  const stackPointers = new Map<Address, number>();
  for (const { stackPointer, id } of notes.threads) {
    if (stackPointer !== undefined) stackPointers.set(stackPointer, id);
  }
  // The kernel puts the random bytes on the first thread's stack; without them, its stack pointer will do.
  const mainThread = notes.threads.find((thread) => thread.id === notes.process?.id);
  return {
    vdso: notes.auxiliary.get(auxiliaryTypes.vdso),
    mainStack: notes.auxiliary.get(auxiliaryTypes.random) ?? mainThread?.stackPointer,
    stackPointers,
  };
}

function operatingSystemOf(notes: CoreNotes): OperatingSystem {
  const otherUnix = [...notes.owners].some((owner) => /^(FreeBSD|NetBSD|OpenBSD|SunOS)/.test(owner));
  if (otherUnix) return 'unknown';
  return notes.owners.has('CORE') || notes.owners.has('LINUX') ? 'linux' : 'unknown';
}

function pageSizeOf(notes: CoreNotes): number {
  const declared = notes.auxiliary.get(auxiliaryTypes.pageSize) ?? 0;
  return isPageSize(declared) ? declared : 4096;
}

/** The file that the program's entry point lies in; the kernel's own name for the process is cut after 15 bytes. */
function processNameOf(notes: CoreNotes): string | null {
  const entry = notes.auxiliary.get(auxiliaryTypes.entry) ?? notes.auxiliary.get(auxiliaryTypes.programHeaders);
  const file = entry === undefined ? undefined : notes.files[lastStartingAtOrBelow(notes.files, entry)];
  if (entry !== undefined && file !== undefined && entry < file.end) {
    return baseName(file.path.replace(/ \(deleted\)$/, ''));
  }
  return notes.process?.name || null;
}
