import { createBinaryReader } from '../../bytes/binary-reader.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { LeakvizError } from '../../errors.ts';
import type { Address } from '../../model/address.ts';
import type { Dump, LoadedModule, MemoryRegion, Thread } from '../../model/dump.ts';
import { settleCapturedRanges } from '../captured-ranges.ts';
import { cutRanges, type Interval, indexHolding, withoutOverlaps } from '../intervals.ts';
import { baseName } from '../text.ts';
import { createWarningLog, type WarningLog } from '../warnings.ts';
import { findImages, type ImagePlace, type LoadedImage, noteOffset, readImageNote, readImages } from './images.ts';
import { type MachHeader, readCoreHeader, readLoadCommands } from './macho-header.ts';
import { executableRight, readableRight, readSegment, type Segment, writableRight } from './segments.ts';
import { tellMachO } from './tell-mach-o.ts';
import { readStackPointer } from './threads.ts';

/** What the load commands of a core say. */
interface CoreCommands {
  readonly segments: readonly Segment[];
  readonly threads: readonly Thread[];
  /** Of the note "all image infos"; empty when the core has none. */
  readonly images: readonly ImagePlace[];
}

const threadCommand = 4;

/** See OpenDumpFile. */
export function openMachoCore(source: ByteSource): Dump {
  refuseFat(source);
  const warnings = createWarningLog();
  const header = readCoreHeader(source);
  const { segments, threads, images: noted } = readCommands(source, header, warnings);
  const declared = segments.map(({ start, fileSize, fileOffset }) => ({ start, size: fileSize, fileOffset }));
  const captured = settleCapturedRanges(declared, source.size, warnings);
  if (captured.length === 0) warnings.add('no-memory', 'the core has no memory in it');
  const memory = { source, captured, header };
  const images = readImages(memory, noted.length > 0 ? noted : findImages(memory, segments));
  const program = images.find(({ isProgram }) => isProgram);
  return {
    format: 'macho-core',
    operatingSystem: 'macos',
    architecture: header.architecture,
    pointerSize: header.pointerSize,
    littleEndian: header.littleEndian,
    pageSize: header.architecture === 'arm64' ? 16384 : 4096,
    processId: null,
    processName: (program && baseName(program.path)) || null,
    capturedAt: null,
    addressSpace: 'virtual',
    regions: toRegions(segments, images, threads),
    captured,
    modules: toModules(images),
    threads,
    warnings: warnings.list(),
  };
}

function refuseFat(source: ByteSource): void {
  const head = new Uint8Array(28);
  if (tellMachO(head.subarray(0, source.read(0, head))) !== 'fat') return;
  throw new LeakvizError('unsupported-dump', 'the file is a fat (universal) Mach-O file, which is no core dump', {
    hint: 'A core in it can be taken out: lipo -thin arm64 FILE -output CORE (or x86_64).',
  });
}

function readCommands(source: ByteSource, header: MachHeader, warnings: WarningLog): CoreCommands {
  const size = header.size + header.commandBytes;
  const reader = createBinaryReader(source, { size, littleEndian: header.littleEndian });
  const { commands, isWhole } = readLoadCommands(reader, header.size, header.commandCount);
  if (!isWhole) {
    const text = `the header counts ${header.commandCount} load commands, ${commands.length} of them can be read`;
    warnings.add('truncated-load-commands', text, header.size);
  }
  const segments: Segment[] = [];
  const threads: Thread[] = [];
  let images: ImagePlace[] = [];
  for (const command of commands) {
    const { segment, isBad } = readSegment(reader, command, header.pointerSize);
    if (segment !== undefined) segments.push(segment);
    if (isBad)
      warnings.add('bad-segment', 'a segment has an impossible address or size and is skipped', command.offset);
    if (command.type === threadCommand) {
      // The core does not name its threads: they are counted.
      const stackPointer = readStackPointer(reader, command, header);
      threads.push({ id: threads.length + 1, stackPointer, environmentBlock: undefined });
    }
    const note = images.length > 0 ? undefined : noteOffset(reader, command, 'all image infos');
    if (note !== undefined) images = readImageNote(source, note, header);
  }
  return { segments, threads, images };
}

/** The range of a module is that of its text: the rest may lie far off, among that of others. */
function toModules(images: readonly LoadedImage[]): LoadedModule[] {
  const modules = images.flatMap(({ path, segments }) => {
    const text = segments.find(({ name }) => name === '__TEXT');
    return text === undefined ? [] : [{ start: text.start, end: text.end, path }];
  });
  return modules.sort((a, b) => a.start - b.start);
}

interface Label extends Interval {
  readonly name: string;
}

/** Accessible segments, cut where images begin and end; those that a stack pointer lies in are stacks. */
function toRegions(
  segments: readonly Segment[],
  images: readonly LoadedImage[],
  threads: readonly Thread[],
): MemoryRegion[] {
  const accessible = segments.filter(({ rights }) => (rights & 7) !== 0);
  const sorted = [...accessible].sort((a, b) => a.start - b.start || b.end - a.end);
  const labels = images.flatMap(({ path, segments: own }) =>
    own.map(({ start, end }): Label => ({ start, end, name: path })),
  );
  const regions: MemoryRegion[] = [];
  cutRanges(sorted, withoutOverlaps(labels), ({ start, end }, { rights }, label) => {
    regions.push({
      start,
      end,
      kind: label === undefined ? 'private' : 'image',
      name: label?.name ?? '',
      readable: (rights & readableRight) !== 0,
      writable: (rights & writableRight) !== 0,
      executable: (rights & executableRight) !== 0,
    });
  });
  for (const { id, stackPointer } of threads) if (stackPointer !== undefined) nameStack(regions, stackPointer, id);
  return regions;
}

function nameStack(regions: MemoryRegion[], stackPointer: Address, id: number): void {
  const index = indexHolding(regions, stackPointer);
  const region = regions[index];
  if (region?.kind !== 'private' || !region.writable) return;
  regions[index] = { ...region, kind: 'stack', name: `[stack:${id}]` };
}
