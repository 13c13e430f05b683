import type { ByteSource } from '../../bytes/byte-source.ts';
import type { CapturedRange, Dump, DumpDetail } from '../../model/dump.ts';
import { settleCapturedRanges } from '../captured-ranges.ts';
import { physicalDump } from '../physical-memory.ts';
import { createWarningLog, type WarningLog } from '../warnings.ts';
import { findAddressSpace } from './address-space.ts';
import { findCurrentProcess } from './current-process.ts';
import { headerDetails } from './details.ts';
import { type KernelHeader, readHeader } from './header.ts';
import type { KernelMemory } from './kernel-memory.ts';
import { readLoadedModules } from './loaded-modules.ts';
import { type PagingMode, writableRight } from './paging-modes.ts';
import { type PhysicalPages, pageSize } from './physical-pages.ts';
import { readPhysicalPages } from './read-physical-pages.ts';
import { nameRegions } from './regions.ts';
import { readTriage } from './triage.ts';

const triageType = 4;

/** Captured ranges of physical memory, of 100 bytes or so each. */
const mostPhysicalRanges = 1 << 21;

/** See OpenDumpFile. */
export function openKernelDump(source: ByteSource): Dump {
  const warnings = createWarningLog();
  const header = readHeader(source);
  if (header.dumpType === triageType) return openTriage(source, header, warnings);
  const pages = readPhysicalPages(source, header, warnings);
  const space = findAddressSpace(source, header, pages, warnings);
  if (space === undefined) return openPhysical(source, header, pages, warnings);
  const captured = settleCapturedRanges(space.captured, source.size, warnings);
  const memory = { source, captured, pointerSize: header.pointerSize };
  const modules = header.moduleList === undefined ? [] : readLoadedModules(memory, header.moduleList, warnings);
  const sorted = [...modules].sort((a, b) => a.start - b.start);
  const stack = header.stackPointer;
  return {
    ...commonFacts(header),
    processId: null,
    processName: null,
    addressSpace: 'virtual',
    regions: nameRegions(space.mapped, sorted, stack),
    captured,
    modules: sorted,
    threads: stack === undefined ? [] : [{ id: 0, stackPointer: stack, environmentBlock: undefined }],
    details: [
      ...headerDetails(header),
      { name: 'Page tables', value: space.mode.name },
      ...processDetails(memory, header, space.mode),
    ],
    warnings: warnings.list(),
  };
}

/**
 * The kernel is one whatever process it was in: this is no process id of the dump, by which dumps of one process are
 * told from those of others.
 */
function processDetails(memory: KernelMemory, header: KernelHeader, { rootAlignment }: PagingMode): DumpDetail[] {
  if (header.processList === undefined) return [];
  const found = findCurrentProcess(memory, header.processList, header.directoryBase, rootAlignment);
  if (found === undefined) return [];
  return [{ name: 'In process', value: found.name === '' ? `id ${found.id}` : `${found.name}, id ${found.id}` }];
}

function commonFacts(header: KernelHeader) {
  return {
    format: 'windows-kernel',
    operatingSystem: 'windows',
    architecture: header.architecture,
    pointerSize: header.pointerSize,
    littleEndian: true,
    pageSize,
    capturedAt: header.systemTime,
  } as const;
}

function openPhysical(source: ByteSource, header: KernelHeader, pages: PhysicalPages, warnings: WarningLog): Dump {
  const declared: CapturedRange[] = [];
  pages.forEachPart(0, pages.endPage, (page, count, fileOffset) => {
    declared.push({ start: page * pageSize, size: count * pageSize, fileOffset });
    return declared.length < mostPhysicalRanges;
  });
  if (declared.length === mostPhysicalRanges) {
    warnings.add('memory-cut', `only the first ${mostPhysicalRanges} ranges of physical memory are read`);
  }
  const facts = {
    ...commonFacts(header),
    details: headerDetails(header),
    memory: declared.map(({ start, size }) => ({ start, end: start + size })),
    captured: settleCapturedRanges(declared, source.size, warnings),
  };
  return physicalDump(facts, warnings);
}

function openTriage(source: ByteSource, header: KernelHeader, warnings: WarningLog): Dump {
  const { ranges, modules, stackTop } = readTriage(source, header, warnings);
  const captured = settleCapturedRanges(ranges, source.size, warnings);
  const sorted = [...modules].sort((a, b) => a.start - b.start);
  const mapped = captured.map(({ start, size }) => ({ start, end: start + size, rights: writableRight }));
  const text =
    'a small (triage) dump holds a few blocks of memory only: its facts and modules can be read, and not what grew';
  warnings.add('partial-memory', text);
  return {
    ...commonFacts(header),
    processId: null,
    processName: null,
    addressSpace: 'virtual',
    regions: nameRegions(mapped, sorted, stackTop),
    captured,
    modules: sorted,
    threads: [{ id: 0, stackPointer: header.stackPointer, environmentBlock: undefined }],
    details: headerDetails(header),
    warnings: warnings.list(),
  };
}
