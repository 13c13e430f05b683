import { type Address, lastStartingAtOrBelow } from '../../model/address.ts';
import { type CapturedBytes, readerAt } from '../captured-bytes.ts';
import { isElf } from './elf-header.ts';
import type { FileMapping } from './file-mappings.ts';
import { executablePaths, type Piece } from './regions.ts';

/** libc.so.6, libm-2.31.so: gcore leaves out the mappings that would show such a file to be executable. */
const libraryName = /\.so(\.[0-9.]+)?( \(deleted\))?$/;

/**
 * Paths of files that are programs or libraries: mapped executable, or named like a library, or holding one of the
 * `known` addresses (entry point, dynamic linker), or beginning with ELF's or PE's magic. A file whose beginning was
 * dumped and is something else is none, executable or not: a compiler's output buffer grows like any other memory.
 */
export function findImagePaths(
  pieces: readonly Piece[],
  files: readonly FileMapping[],
  known: readonly Address[],
  bytes: CapturedBytes,
): Set<string> {
  const paths = executablePaths(pieces);
  for (const { path } of files) {
    if (libraryName.test(path)) paths.add(path);
  }
  for (const address of known) {
    const file = files[lastStartingAtOrBelow(files, address)];
    if (file !== undefined && address < file.end) paths.add(file.path);
  }
  const seen = new Set<string>();
  for (const { file, start } of pieces) {
    if (file === undefined || file.fileOffset !== 0 || start !== file.start || seen.has(file.path)) continue;
    seen.add(file.path);
    const magic = readMagic(bytes, start);
    if (magic === undefined) continue;
    if (isElf(magic) || isPortableExecutable(magic)) paths.add(file.path);
    else paths.delete(file.path);
  }
  return paths;
}

/**
 * Without a list of mapped files (kernels before 3.7, other systems) only the first segment of a program or library
 * can be told: it is not writable and begins with ELF's magic. Returns the starts of such pieces.
 */
export function findImageStarts(pieces: readonly Piece[], bytes: CapturedBytes): Set<Address> {
  const starts = new Set<Address>();
  for (const { start, flags } of pieces) {
    const magic = (flags & 2) === 0 ? readMagic(bytes, start) : undefined;
    if (magic !== undefined && isElf(magic)) starts.add(start);
  }
  return starts;
}

function isPortableExecutable(head: Uint8Array): boolean {
  return head[0] === 0x4d && head[1] === 0x5a;
}

/** The 4 bytes at an address; undefined when they were not captured. */
function readMagic(bytes: CapturedBytes, address: Address): Uint8Array | undefined {
  return readerAt(bytes, address, 4, true)?.bytes(4, 'magic');
}
