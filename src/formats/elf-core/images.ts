import { type Address, lastStartingAtOrBelow } from '../../model/address.ts';
import { type CapturedBytes, fileOffsetOf } from '../captured-bytes.ts';
import { isElf } from './elf-header.ts';
import type { FileMapping } from './file-mappings.ts';
import { executableFlag, writableFlag } from './program-headers.ts';
import { executablePaths, type Piece } from './regions.ts';

/** libc.so.6, libm-2.31.so: gcore leaves out the mappings that would show such a file to be executable. */
const libraryName = /\.so(\.[0-9.]+)?( \(deleted\))?$/;

/**
 * Paths of files that are programs or libraries: named like a library, or holding one of the `known` addresses (entry
 * point, dynamic linker), or beginning with ELF's or PE's magic, or mapped executable. The last is not enough when the
 * beginning was dumped and is something else: a compiler's output buffer grows like any other memory.
 */
export function findImagePaths(
  pieces: Iterable<Piece>,
  files: readonly FileMapping[],
  known: readonly Address[],
  bytes: CapturedBytes,
): Set<string> {
  const paths = new Set(files.map((file) => file.path).filter((path) => libraryName.test(path)));
  for (const address of known) {
    const file = files[lastStartingAtOrBelow(files, address)];
    if (file !== undefined && address < file.end) paths.add(file.path);
  }
  const candidates = executablePaths(pieces);
  for (const { file, start } of pieces) {
    if (file === undefined || file.fileOffset !== 0 || start !== file.start || paths.has(file.path)) continue;
    const magic = readMagic(bytes, start);
    if (magic === undefined) continue;
    if (isElf(magic) || isPortableExecutable(magic)) paths.add(file.path);
    else candidates.delete(file.path);
  }
  for (const path of candidates) paths.add(path);
  return paths;
}

/**
 * Without a list of mapped files (kernels before 3.7, other systems) only the code of a program or library can be told:
 * it is executable, not writable, and begins with ELF's magic, as linkers of that time laid it out. Returns the starts
 * of such pieces.
 */
export function findImageStarts(pieces: Iterable<Piece>, bytes: CapturedBytes): Set<Address> {
  const starts = new Set<Address>();
  for (const { start, flags } of pieces) {
    if ((flags & (executableFlag | writableFlag)) !== executableFlag) continue;
    const magic = readMagic(bytes, start);
    if (magic !== undefined && isElf(magic)) starts.add(start);
  }
  return starts;
}

function isPortableExecutable(head: Uint8Array): boolean {
  return head[0] === 0x4d && head[1] === 0x5a;
}

/** The 4 bytes at an address; undefined when they were not captured. */
function readMagic(bytes: CapturedBytes, address: Address): Uint8Array | undefined {
  const offset = fileOffsetOf(bytes, address, 4);
  if (offset === undefined) return undefined;
  const magic = new Uint8Array(4);
  return bytes.source.read(offset, magic) === 4 ? magic : undefined;
}
