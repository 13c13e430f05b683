// The two headers of a compressed kdump file. Reference: makedumpfile's IMPLEMENTATION, "The kdump-compressed format",
// and diskdump_mod.h of the same.
import { type BinaryReader, createBinaryReader } from '../../bytes/binary-reader.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { MalformedDumpError } from '../../errors.ts';
import type { PointerSize } from '../../model/address.ts';
import { textUpToNul } from '../text.ts';
import { isPageSize, longestVmcoreInfo, parseVmcoreInfo, type VmcoreInfo } from '../vmcoreinfo.ts';

export interface KdumpHeader {
  readonly pointerSize: PointerSize;
  readonly littleEndian: boolean;
  /** Bytes of a page, and the unit that parts of the file are measured in. */
  readonly blockSize: number;
  /** Bytes before the bitmaps. */
  readonly bitmapOffset: number;
  readonly bitmapSize: number;
  /** Page frames from 0 on that the bitmaps speak of. */
  readonly frameCount: number;
  /** Of those, which this file holds if the dump was split into several. */
  readonly firstFrame: number;
  readonly endFrame: number;
  readonly isSplit: boolean;
  readonly isIncomplete: boolean;
  /** Kinds of pages that were left out, as makedumpfile's -d takes them. */
  readonly dumpLevel: number;
  /** Name of the processor as uname has it, such as x86_64. */
  readonly machine: string;
  readonly release: string;
  readonly time: Date | undefined;
  readonly vmcoreInfo: VmcoreInfo | undefined;
}

/** Of utsname's fields, each of 65 bytes. */
const releaseOffset = 12 + 2 * 65;
const machineOffset = 12 + 4 * 65;
const nameSize = 65;

/** Where the fields that follow the time of the dump stand: the time is wider, and aligned, on 64-bit machines. */
const layouts = [
  { pointerSize: 8, littleEndian: true, time: 408, status: 424 },
  { pointerSize: 8, littleEndian: false, time: 408, status: 424 },
  { pointerSize: 4, littleEndian: true, time: 404, status: 412 },
  { pointerSize: 4, littleEndian: false, time: 404, status: 412 },
] as const;

type Layout = (typeof layouts)[number];

/** DUMP_DH_COMPRESSED_INCOMPLETE: the disk was full. */
const incompleteStatus = 8;

/** Sub headers hold notes and the kernel's description of itself: some blocks. */
const mostSubHeaderBlocks = 1 << 16;

/** Throws MalformedDumpError where no layout makes sense. */
export function readKdumpHeader(source: ByteSource): KdumpHeader {
  for (const layout of layouts) {
    const main = readMainHeader(source, layout);
    if (main !== undefined) return readSubHeader(source, layout, main);
  }
  throw new MalformedDumpError('block_size', 416, 'a page size and bitmaps that fit each other', 'neither');
}

interface MainHeader {
  readonly version: number;
  readonly isIncomplete: boolean;
  readonly blockSize: number;
  readonly subHeaderBlocks: number;
  readonly bitmapBlocks: number;
  readonly frameCount: number;
  readonly seconds: number;
  readonly machine: string;
  readonly release: string;
}

/** Undefined where the fields of this layout make no sense. */
function readMainHeader(
  source: ByteSource,
  { littleEndian, pointerSize, time, status }: Layout,
): MainHeader | undefined {
  const reader = createBinaryReader(source, { size: 512, littleEndian });
  reader.seek(8);
  const version = reader.u32('header_version');
  reader.seek(releaseOffset);
  const release = textUpToNul(reader.bytes(nameSize, 'utsname.release'));
  reader.seek(machineOffset);
  const machine = textUpToNul(reader.bytes(nameSize, 'utsname.machine'));
  reader.seek(time);
  const seconds = pointerSize === 8 ? reader.u64('timestamp') : reader.u32('timestamp');
  reader.seek(status);
  const isIncomplete = (reader.u32('status') & incompleteStatus) !== 0;
  const blockSize = reader.u32('block_size');
  const subHeaderBlocks = reader.u32('sub_hdr_size');
  const bitmapBlocks = reader.u32('bitmap_blocks');
  const frameCount = reader.u32('max_mapnr');
  const isSensible =
    version < 64 &&
    isPageSize(blockSize) &&
    subHeaderBlocks < mostSubHeaderBlocks &&
    bitmapBlocks > 0 &&
    frameCount > 0 &&
    bitmapBlocks * blockSize * 8 >= frameCount;
  if (!isSensible) return undefined;
  return { version, isIncomplete, blockSize, subHeaderBlocks, bitmapBlocks, frameCount, seconds, machine, release };
}

function readSubHeader(source: ByteSource, layout: Layout, main: MainHeader): KdumpHeader {
  const { blockSize, subHeaderBlocks, version } = main;
  const end = blockSize * (1 + subHeaderBlocks);
  const { littleEndian, pointerSize } = layout;
  const reader = createBinaryReader(source, { start: blockSize, size: 104, littleEndian });
  const fields = version >= 1 && reader.remaining() >= 104 ? readFields(reader, layout, { version, end }) : undefined;
  const isSplit = version >= 2 && fields?.split === 1;
  const frameCount = fields?.frameCount ?? main.frameCount;
  return {
    pointerSize,
    littleEndian,
    blockSize,
    bitmapOffset: end,
    bitmapSize: main.bitmapBlocks * blockSize,
    frameCount: Math.min(frameCount, main.bitmapBlocks * blockSize * 8),
    firstFrame: isSplit ? fields.firstFrame : 0,
    endFrame: isSplit ? fields.endFrame : Number.POSITIVE_INFINITY,
    isSplit,
    isIncomplete: main.isIncomplete,
    dumpLevel: fields?.dumpLevel ?? 0,
    machine: main.machine,
    release: main.release,
    time: main.seconds > 0 && main.seconds < 2 ** 33 ? new Date(main.seconds * 1000) : undefined,
    vmcoreInfo: fields === undefined || version < 3 ? undefined : readVmcoreInfo(source, fields),
  };
}

interface SubFields {
  readonly dumpLevel: number;
  readonly split: number;
  readonly firstFrame: number;
  readonly endFrame: number;
  readonly infoOffset: number;
  readonly infoSize: number;
  /** Since version 6, which can count more than 32 bits can hold. */
  readonly frameCount: number | undefined;
}

interface SubContext {
  readonly version: number;
  /** Where the sub header's blocks end. */
  readonly end: number;
}

function readFields(reader: BinaryReader, { pointerSize }: Layout, context: SubContext): SubFields {
  if (pointerSize === 8) return readLaidOut(reader, { word: 8, first: 8, info: 32, size: 8, wide: 80 }, context);
  // Processors differ in how they align 64-bit fields among 32-bit ones: the place of a field tells by its sense.
  const packed = readLaidOut(reader, { word: 4, first: 4, info: 20, size: 4, wide: 56 }, context);
  const isInside = packed.infoOffset > reader.end() - 104 && packed.infoOffset + packed.infoSize <= context.end;
  if ((packed.infoOffset === 0 && packed.infoSize === 0) || isInside) return packed;
  return readLaidOut(reader, { word: 4, first: 4, info: 24, size: 4, wide: 72 }, context);
}

interface SubLayout {
  readonly word: 4 | 8;
  /** Offset of the dump level, and so on. */
  readonly first: number;
  readonly info: number;
  readonly size: 4 | 8;
  readonly wide: number;
}

function readLaidOut(
  reader: BinaryReader,
  { word, first, info, size, wide }: SubLayout,
  { version }: SubContext,
): SubFields {
  const start = reader.end() - 104;
  const number = (width: 4 | 8, field: string) => (width === 8 ? reader.u64(field) : reader.u32(field));
  reader.seek(start + first);
  const dumpLevel = reader.u32('dump_level');
  const split = reader.u32('split');
  const firstFrame = number(word, 'start_pfn');
  const endFrame = number(word, 'end_pfn');
  reader.seek(start + info);
  const infoOffset = reader.u64('offset_vmcoreinfo');
  const infoSize = number(size, 'size_vmcoreinfo');
  if (version < 6) return { dumpLevel, split, firstFrame, endFrame, infoOffset, infoSize, frameCount: undefined };
  reader.seek(start + wide);
  const wideFirst = reader.u64('start_pfn_64');
  const wideEnd = reader.u64('end_pfn_64');
  const frameCount = reader.u64('max_mapnr_64');
  return { dumpLevel, split, firstFrame: wideFirst, endFrame: wideEnd, infoOffset, infoSize, frameCount };
}

function readVmcoreInfo(source: ByteSource, { infoOffset, infoSize }: SubFields): VmcoreInfo | undefined {
  if (infoSize === 0 || infoOffset + infoSize > source.size) return undefined;
  const bytes = new Uint8Array(Math.min(infoSize, longestVmcoreInfo));
  return parseVmcoreInfo(textUpToNul(bytes.subarray(0, source.read(infoOffset, bytes))));
}
