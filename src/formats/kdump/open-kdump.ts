import type { ByteSource } from '../../bytes/byte-source.ts';
import type { Architecture, CapturedRange, DumpDetail } from '../../model/dump.ts';
import { union } from '../../model/intervals.ts';
import { settleCapturedRanges } from '../captured-ranges.ts';
import type { DumpFile } from '../dump-format.ts';
import { physicalDump } from '../physical-memory.ts';
import { createWarningLog, type WarningLog } from '../warnings.ts';
import { type KdumpHeader, readKdumpHeader } from './kdump-header.ts';
import { setRuns } from './page-bitmap.ts';
import { createDescriptorReader, descriptorSize, openPages, type PageTable } from './page-content.ts';

/** By name of the processor, as uname has it. */
const architectures: readonly (readonly [machine: RegExp, architecture: Architecture])[] = [
  [/^x86_64/, 'x64'],
  [/^i[3-6]86/, 'x86'],
  [/^aarch64/, 'arm64'],
  [/^arm/, 'arm'],
  [/^riscv64/, 'riscv64'],
  [/^./, 'other'],
];

/** Pages are scattered where others were left out; no list of more runs than this is kept. */
const mostRuns = 1 << 20;

/** See OpenDumpFile. loadZstd has to be called before. */
export function openKdump(source: ByteSource): DumpFile {
  const warnings = createWarningLog();
  const header = readKdumpHeader(source);
  const { blockSize } = header;
  const bitmaps = locateBitmaps(header);
  const memory = [...limited(setRuns(source, bitmaps.existing, header.frameCount), warnings)];
  const dumped = dumpedRuns(source, bitmaps.dumped, header, warnings);
  const table = pageTable(source, header, dumped.pageCount, warnings);
  warnOfMissing(
    header,
    memory.reduce((sum, run) => sum + run.count, 0),
    dumped.pageCount,
    warnings,
  );
  const captured = settleCapturedRanges(
    clip(dumped.ranges, table.count * blockSize),
    table.count * blockSize,
    warnings,
  );
  const existing = memory.map(({ first, count }) => ({ start: first * blockSize, end: (first + count) * blockSize }));
  const held = captured.map(({ start, size }) => ({ start, end: start + size }));
  const facts = {
    format: 'kdump',
    operatingSystem: header.release === '' ? ('unknown' as const) : ('linux' as const),
    architecture: architectures.find(([name]) => name.test(header.machine))?.[1] ?? ('unknown' as const),
    pointerSize: header.pointerSize,
    littleEndian: header.littleEndian,
    pageSize: blockSize,
    capturedAt: header.vmcoreInfo?.crashedAt ?? header.time ?? null,
    details: detailsOf(header),
    memory: union([...existing, ...held]),
    captured,
  };
  return { ...physicalDump(facts, warnings), content: openPages(source, table) };
}

/** The first bitmap says which memory exists, the second which of it was dumped; where only one fits, it is both. */
function locateBitmaps({ bitmapOffset, bitmapSize, frameCount }: KdumpHeader) {
  const half = bitmapSize / 2;
  const areTwo = frameCount <= half * 8;
  return { existing: bitmapOffset, dumped: areTwo ? bitmapOffset + half : bitmapOffset };
}

/** Ranges count their file offsets in pages that follow one another without gaps. */
function dumpedRuns(source: ByteSource, offset: number, header: KdumpHeader, warnings: WarningLog) {
  const { blockSize, firstFrame, endFrame } = header;
  const ranges: CapturedRange[] = [];
  let pageCount = 0;
  for (const { first, count } of limited(setRuns(source, offset, header.frameCount), warnings)) {
    const from = Math.max(first, firstFrame);
    const size = (Math.min(first + count, endFrame) - from) * blockSize;
    if (size <= 0) continue;
    ranges.push({ start: from * blockSize, size, fileOffset: pageCount * blockSize });
    pageCount += size / blockSize;
  }
  return { ranges, pageCount };
}

function clip(ranges: readonly CapturedRange[], contentSize: number): CapturedRange[] {
  const sizeOf = ({ size, fileOffset }: CapturedRange) => Math.min(size, contentSize - fileOffset);
  return ranges.map((range) => ({ ...range, size: sizeOf(range) }));
}

function* limited<T>(runs: Iterable<T>, warnings: WarningLog): Generator<T> {
  let count = 0;
  for (const run of runs) {
    if (count === mostRuns) {
      warnings.add('too-many-ranges', `memory is scattered over more than ${mostRuns} ranges: the rest is not used`);
      return;
    }
    count += 1;
    yield run;
  }
}

/** Pages whose descriptor or data are cut off are not there. */
function pageTable(source: ByteSource, header: KdumpHeader, pageCount: number, warnings: WarningLog): PageTable {
  const { blockSize, littleEndian } = header;
  const offset = header.bitmapOffset + header.bitmapSize;
  const described = Math.max(0, Math.min(pageCount, Math.floor((source.size - offset) / descriptorSize)));
  const table = { offset, count: described, pageSize: blockSize, littleEndian };
  const count = pagesInFile(source, table);
  if (count < pageCount) {
    const text = `the file is cut off: of ${pageCount} pages of memory it holds ${count}`;
    warnings.add('truncated', text, source.size);
  }
  return { ...table, count };
}

/** Data stands in the order of the pages, so that the first page that is cut off can be found by halving. */
function pagesInFile(source: ByteSource, table: PageTable): number {
  const descriptorAt = createDescriptorReader(source, table);
  let low = 0;
  let high = table.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const page = descriptorAt(middle);
    if (page !== undefined && page.offset + page.size <= source.size) low = middle + 1;
    else high = middle;
  }
  return low;
}

function warnOfMissing(header: KdumpHeader, existing: number, dumped: number, warnings: WarningLog): void {
  if (header.isIncomplete) {
    warnings.add('incomplete', 'the tool that wrote this dump ran out of space: its last pages are missing');
  }
  if (header.isSplit) {
    warnings.add(
      'split-dump',
      'this is one file of a dump that was split into several; the pages in the others are missing',
    );
  }
  if (dumped >= existing) return;
  const level = header.dumpLevel === 0 ? '' : ` (dump level ${header.dumpLevel})`;
  const text = `${existing - dumped} of ${existing} pages of memory were left out by the tool that wrote this dump${level}`;
  warnings.add('pages-left-out', text);
}

function detailsOf({ vmcoreInfo, release, machine, dumpLevel }: KdumpHeader): DumpDetail[] {
  const details = [
    { name: 'Kernel', value: vmcoreInfo?.release ?? release },
    { name: 'Machine', value: machine },
    { name: 'Dump level', value: `${dumpLevel}` },
  ];
  return details.filter(({ value }) => value !== '');
}
