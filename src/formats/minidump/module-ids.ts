import { type BinaryReader, createBinaryReader } from '../../bytes/binary-reader.ts';
import type { MinidumpFile } from './minidump-file.ts';

const fixedFileInfoSignature = 0xfeef04bd;

/** VS_FIXEDFILEINFO at the reader's place. Undefined where the module has none, or one of zeros. */
export function readVersion(reader: BinaryReader): string | undefined {
  const signature = reader.u32('dwSignature');
  reader.skip(4);
  const parts: number[] = [];
  for (let half = 0; half < 2; half += 1) {
    const value = reader.u32('dwFileVersion');
    parts.push(value >>> 16, value & 0xffff);
  }
  const isGiven = signature === fixedFileInfoSignature && parts.some((part) => part !== 0);
  return isGiven ? parts.join('.') : undefined;
}

/** Longer build-ids are junk. */
const longestBuildId = 64;

/** The record that names a module's symbols: `RSDS` with GUID and age of a PDB, Breakpad's `BpEL` with a build-id. */
export function readDebugId({ source, littleEndian }: MinidumpFile, size: number, offset: number): string | undefined {
  if (size < 5 || offset === 0 || offset + size > source.size) return undefined;
  const reader = createBinaryReader(source, { start: offset, size, littleEndian });
  const signature = String.fromCharCode(...reader.bytes(4, 'CvSignature'));
  if (signature === 'LEpB') return toHex(reader.bytes(Math.min(size - 4, longestBuildId), 'build-id'));
  if (signature !== 'RSDS' || size < 24) return undefined;
  const guid = [hex(reader.u32('Data1'), 8), hex(reader.u16('Data2'), 4), hex(reader.u16('Data3'), 4)].join('');
  return `${guid}${toHex(reader.bytes(8, 'Data4'))}${reader.u32('Age').toString(16)}`.toUpperCase();
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => hex(byte, 2)).join('');
}
