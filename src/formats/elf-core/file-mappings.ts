import type { BinaryReader } from '../../bytes/binary-reader.ts';
import type { Address } from '../../model/address.ts';
import { withoutOverlaps } from '../intervals.ts';
import { textUpToNul } from '../text.ts';
import type { WarningLog } from '../warnings.ts';
import type { ElfHeader } from './elf-header.ts';

/** One mapping of a file, from NT_FILE. */
export interface FileMapping {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
  /** Where in the file the mapping begins; in pages or bytes, as the writer counts. */
  readonly fileOffset: number;
  readonly path: string;
}

/** Reads NT_FILE: sorted by address, never overlapping. A cut-off or damaged note gives the mappings that are whole. */
export function readFileMappings(reader: BinaryReader, header: ElfHeader, warnings: WarningLog): FileMapping[] {
  const start = reader.offset();
  const wordSize = header.is64Bit ? 8 : 4;
  const word = (field: string) => (header.is64Bit ? reader.u64(field) : reader.u32(field));
  const address = (field: string) => (header.is64Bit ? reader.address64(field) : reader.u32(field));
  if (reader.remaining() < 2 * wordSize) return [];
  const count = word('NT_FILE.count');
  word('NT_FILE.page_size');
  if (count > reader.remaining() / (3 * wordSize)) {
    warnings.add('damaged-file-mappings', `NT_FILE counts ${count} mappings, more than it has room for`, start);
    return [];
  }
  const ranges: Omit<FileMapping, 'path'>[] = [];
  for (let index = 0; index < count; index += 1) {
    ranges.push({ start: address('start'), end: address('end'), fileOffset: word('file_ofs') });
  }
  const paths = readPaths(reader.bytes(reader.remaining(), 'NT_FILE.paths'), count);
  if (paths.length < count) {
    warnings.add('damaged-file-mappings', `NT_FILE names ${paths.length} of its ${count} mappings`, start);
  }
  const mappings = paths.map((path, index) => ({ ...ranges[index]!, path }));
  return withoutOverlaps(mappings);
}

function readPaths(bytes: Uint8Array, count: number): string[] {
  const paths: string[] = [];
  // Most mappings have the path of the one before them: one string serves all.
  const known = new Map<string, string>();
  for (let at = 0; paths.length < count; ) {
    const end = bytes.indexOf(0, at);
    if (end < 0) break;
    const path = textUpToNul(bytes.subarray(at, end));
    if (!known.has(path)) known.set(path, path);
    paths.push(known.get(path)!);
    at = end + 1;
  }
  return paths;
}
