// Dumps of a machine's memory as LiME, AVML and makedumpfile write them.
import { deflateSync } from 'node:zlib';
import { createByteWriter } from './byte-writer.ts';

export interface SynthRange {
  readonly address: number;
  readonly bytes: Uint8Array;
}

export function writeLime(ranges: readonly SynthRange[]): Uint8Array {
  const file = createByteWriter();
  for (const range of ranges) {
    writeRangeHeader(file, 'EMiL', 1, range);
    file.bytes(range.bytes);
  }
  return file.toBytes();
}

/** @param chunkBytes unpacked bytes in a chunk; every other one is not packed */
export function writeAvml(ranges: readonly SynthRange[], chunkBytes = 1000): Uint8Array {
  const file = createByteWriter();
  for (const range of ranges) {
    writeRangeHeader(file, 'AVML', 2, range);
    const start = file.offset();
    file.bytes(Uint8Array.of(0xff, 6, 0, 0));
    file.text('sNaPpY');
    for (let at = 0, count = 0; at < range.bytes.length; at += chunkBytes, count += 1) {
      const bytes = range.bytes.subarray(at, at + chunkBytes);
      const isPlain = count % 2 === 1;
      const data = isPlain ? bytes : packSnappy(bytes);
      file.u32((isPlain ? 1 : 0) | ((data.length + 4) << 8));
      file.u32(0);
      file.bytes(data);
    }
    file.u64(file.offset() - start);
  }
  return file.toBytes();
}

function writeRangeHeader(file: Writer, magic: string, version: number, { address, bytes }: SynthRange): void {
  file.text(magic);
  file.u32(version);
  file.u64(address);
  file.u64(address + bytes.length - 1);
  file.u64(0);
}

type Writer = ReturnType<typeof createByteWriter>;

export const pagePackings = ['none', 'zlib', 'lzo', 'snappy', 'zstd'] as const;

type PagePacking = (typeof pagePackings)[number];

interface SynthPage {
  readonly bytes: Uint8Array;
  readonly packing?: PagePacking;
}

export interface SynthKdump {
  readonly pageSize?: number;
  readonly is64Bit?: boolean;
  readonly littleEndian?: boolean;
  /** Aligns 64-bit fields of a 32-bit header as arm does, not as x86. */
  readonly isPadded?: boolean;
  readonly signature?: 'KDUMP   ' | 'DISKDUMP';
  readonly version?: number;
  readonly machine?: string;
  /** By page frame; those that exist and have no bytes were left out. */
  readonly pages: ReadonlyMap<number, SynthPage | null>;
  readonly frameCount: number;
  readonly vmcoreInfo?: string;
  readonly seconds?: number;
  readonly status?: number;
  /** Frames of this part of a split dump: from, and up to (exclusive). */
  readonly split?: readonly [number, number];
}

const statusFlags = { none: 0, zlib: 1, lzo: 2, snappy: 4, zstd: 0x20 } as const;

export function writeKdump(dump: SynthKdump): Uint8Array {
  const { pageSize = 4096, is64Bit = true, littleEndian = true, frameCount } = dump;
  const file = createByteWriter(littleEndian);
  const bitmapSize = Math.ceil(frameCount / 8 / pageSize) * pageSize;
  writeMainHeader(file, dump, { pageSize, is64Bit, bitmapBlocks: (2 * bitmapSize) / pageSize });
  file.align(pageSize);
  writeSubHeader(file, dump, is64Bit, pageSize);
  file.align(pageSize);
  const frames = [...dump.pages.keys()].sort((a, b) => a - b);
  const held = frames.filter((frame) => dump.pages.get(frame) !== null);
  for (const bits of [frames, held]) file.bytes(bitmap(bits, bitmapSize));
  const inPart = held.filter((frame) => !dump.split || (frame >= dump.split[0] && frame < dump.split[1]));
  const pages = inPart.map((frame) => dump.pages.get(frame)!);
  const packed = pages.map(({ bytes, packing = 'none' }) => packPage(bytes, packing));
  let offset = file.offset() + 24 * pages.length;
  for (const [index, { packing = 'none' }] of pages.entries()) {
    file.u64(offset);
    file.u32(packed[index]!.length);
    file.u32(statusFlags[packing]);
    file.u64(0);
    offset += packed[index]!.length;
  }
  for (const bytes of packed) file.bytes(bytes);
  return file.toBytes();
}

interface Shape {
  readonly pageSize: number;
  readonly is64Bit: boolean;
  readonly bitmapBlocks: number;
}

function writeMainHeader(file: Writer, dump: SynthKdump, { pageSize, is64Bit, bitmapBlocks }: Shape): void {
  file.text(dump.signature ?? 'KDUMP   ');
  file.u32(dump.version ?? 6);
  for (const name of ['Linux', 'host', '5.0-synth', '#1', dump.machine ?? 'x86_64', '']) file.text(name, 65);
  file.zeros(is64Bit ? 6 : 2);
  file.word(dump.seconds ?? 0, is64Bit ? 8 : 4);
  file.word(0, is64Bit ? 8 : 4);
  file.u32(dump.status ?? 0);
  for (const field of [pageSize, 1, bitmapBlocks, dump.frameCount, 0, 0, 0, 0, 1]) file.u32(field);
}

function writeSubHeader(file: Writer, dump: SynthKdump, is64Bit: boolean, pageSize: number): void {
  const width = is64Bit ? 8 : 4;
  const pad = () => dump.isPadded && file.zeros(4);
  const info = dump.vmcoreInfo ?? '';
  // The text stands in the sub header's own block, behind its fields.
  const infoOffset = info === '' ? 0 : pageSize + 200;
  const [first, end] = dump.split ?? [0, 0];
  const start = file.offset();
  file.word(0, width);
  file.u32(1);
  file.u32(dump.split ? 1 : 0);
  file.word(first, width);
  file.word(end, width);
  pad();
  file.u64(infoOffset);
  file.word(info.length, width);
  for (let times = 0; times < 2; times += 1) {
    pad();
    file.u64(0);
    file.word(0, width);
  }
  pad();
  for (const field of [first, end, dump.frameCount]) file.u64(field);
  file.zeros(start + 200 - file.offset());
  file.text(info);
}

function bitmap(frames: readonly number[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (const frame of frames) bytes[frame >>> 3]! |= 1 << (frame & 7);
  return bytes;
}

function packPage(bytes: Uint8Array, packing: PagePacking): Uint8Array {
  switch (packing) {
    case 'none':
      return bytes;
    case 'zlib':
      return deflateSync(bytes);
    case 'snappy':
      return packSnappy(bytes);
    case 'lzo':
      return packLzo(bytes);
    case 'zstd':
      return packZstd(bytes);
  }
}

/** Runs of one byte become copies, all else literals. */
export function packSnappy(bytes: Uint8Array): Uint8Array {
  const packed: number[] = [];
  for (let size = bytes.length; ; size >>>= 7) {
    packed.push((size & 0x7f) | (size > 0x7f ? 0x80 : 0));
    if (size <= 0x7f) break;
  }
  for (let at = 0; at < bytes.length; ) {
    let equal = 0;
    while (at > 0 && equal < 64 && at + equal < bytes.length && bytes[at + equal] === bytes[at - 1]) equal += 1;
    if (equal > 0) {
      packed.push(2 | ((equal - 1) << 2), 1, 0);
      at += equal;
      continue;
    }
    const literals = Math.min(60, bytes.length - at);
    let count = 1;
    while (count < literals && bytes[at + count] !== bytes[at + count - 1]) count += 1;
    packed.push((count - 1) << 2, ...bytes.subarray(at, at + count));
    at += count;
  }
  return Uint8Array.from(packed);
}

/** One long run of literals. */
function packLzo(bytes: Uint8Array): Uint8Array {
  const packed = [0];
  let length = bytes.length - 18;
  for (; length > 255; length -= 255) packed.push(0);
  return Uint8Array.from([...packed, length, ...bytes, 0x11, 0, 0]);
}

/** A frame with one block that is not packed. */
function packZstd(bytes: Uint8Array): Uint8Array {
  const frame = createByteWriter();
  frame.u32(0xfd2fb528);
  frame.u8(0x60);
  frame.u16(bytes.length - 256);
  const block = 1 | (bytes.length << 3);
  frame.u16(block & 0xffff);
  frame.u8(block >>> 16);
  frame.bytes(bytes);
  return frame.toBytes();
}

/** The pieces, given by offset and size, of a file in makedumpfile's flattened format, in this order. */
export function flatten(pieces: readonly { readonly offset: number; readonly bytes: Uint8Array }[]): Uint8Array {
  const file = createByteWriter(false);
  file.text('makedumpfile', 16);
  file.u64(1);
  file.u64(1);
  file.align(4096);
  for (const { offset, bytes } of pieces) {
    file.u64(offset);
    file.u64(bytes.length);
    file.bytes(bytes);
  }
  file.u64(-1);
  file.u64(-1);
  return file.toBytes();
}
