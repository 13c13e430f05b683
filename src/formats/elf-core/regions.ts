import type { Address } from '../../model/address.ts';
import type { MemoryRegion, RegionKind } from '../../model/dump.ts';
import { newRegionTable } from '../../model/dump-tables.ts';
import { doOverlap } from '../../model/intervals.ts';
import { type List, type RowForm, type Table, tableWithRoom } from '../../model/list.ts';
import { cutRanges, indexHolding } from '../intervals.ts';
import { isFilelessPath } from '../linux-names.ts';
import type { FileMapping } from './file-mappings.ts';
import { executableFlag, readableFlag, writableFlag } from './program-headers.ts';

/** Part of a segment that lies in one file mapping, or in none. */
export interface Piece {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
  readonly flags: number;
  readonly file?: FileMapping | undefined;
}

/** What names the anonymous regions; see nameAnonymous. */
export interface Landmarks {
  /** Start of the vDSO. */
  readonly vdso: Address | undefined;
  /** An address inside the main thread's stack. */
  readonly mainStack: Address | undefined;
  /** Thread id by stack pointer. */
  readonly stackPointers: ReadonlyMap<Address, number>;
}

/** Where x86-64 maps its vsyscall page: 0xffffffffff600000. */
const vsyscallStart = -0xa00000;

/** Go maps its heap here, with the stacks of goroutines in it: a stack pointer does not make it a stack. */
const goHeapStart = 0xc000000000;
const goHeapEnd = goHeapStart + 2 ** 37;

/** Pieces in columns; a file stands there by its number. */
function pieceForm(files: readonly FileMapping[]): RowForm<Piece> {
  const numberOf = new Map(files.map((file, index) => [file, index]));
  return {
    columnTypes: [Float64Array, Float64Array, Uint32Array, Uint32Array],
    write([starts, ends, flags, numbers], index, piece) {
      starts![index] = piece.start;
      ends![index] = piece.end;
      flags![index] = piece.flags;
      numbers![index] = piece.file === undefined ? files.length : numberOf.get(piece.file)!;
    },
    read: ([starts, ends, flags, numbers], index) => ({
      start: starts![index]!,
      end: ends![index]!,
      flags: flags![index]!,
      file: files[numbers![index]!],
    }),
  };
}

/** Cuts accessible segments or mappings where a file mapping begins or ends; both lists are sorted. */
export function cutIntoPieces(segments: List<Omit<Piece, 'file'>>, files: readonly FileMapping[]): List<Piece> {
  if (files.length === 0 && !doOverlap(segments)) return segments;
  const pieces = tableWithRoom(pieceForm(files), segments.length);
  cutRanges(segments, files, ({ start, end }, { flags }, file) => pieces.push({ start, end, flags, file }));
  return pieces;
}

/** Paths that are mapped executable somewhere. */
export function executablePaths(pieces: Iterable<Piece>): Set<string> {
  const paths = new Set<string>();
  for (const piece of pieces) {
    if (piece.file !== undefined && (piece.flags & executableFlag) !== 0) paths.add(piece.file.path);
  }
  return paths;
}

/** What belongs to programs and libraries; see images.ts. */
export interface Images {
  readonly paths: ReadonlySet<string>;
  readonly starts: ReadonlySet<Address>;
}

/** Gives each piece its kind and name. */
export function toRegions(pieces: List<Piece>, images: Images, landmarks: Landmarks): Table<MemoryRegion> {
  const regions = newRegionTable(unnamed(), pieces);
  nameAnonymous(regions, landmarks);
  return regions;

  function* unnamed(): Generator<MemoryRegion, void> {
    for (const piece of pieces) yield toRegion(piece, images);
  }
}

function toRegion(piece: Piece, images: Images): MemoryRegion {
  const { start, end, flags } = piece;
  return {
    start,
    end,
    kind: kindOf(piece, images),
    name: piece.file?.path ?? '',
    readable: (flags & readableFlag) !== 0,
    writable: (flags & writableFlag) !== 0,
    executable: (flags & executableFlag) !== 0,
  };
}

function kindOf({ file, start }: Piece, images: Images): RegionKind {
  if (file === undefined) return images.starts.has(start) ? 'image' : 'private';
  if (isFilelessPath(file.path)) return 'private';
  return images.paths.has(file.path) ? 'image' : 'mapped-file';
}

/** Replaces anonymous regions that landmarks lie in by named ones. */
function nameAnonymous(regions: Table<MemoryRegion>, landmarks: Landmarks): void {
  const rename = (index: number, kind: RegionKind, name: string) => {
    const region = index < 0 ? undefined : regions.at(index);
    if (region !== undefined && region.name === '') regions.set(index, { ...region, kind, name });
  };
  if (landmarks.mainStack !== undefined) rename(indexHolding(regions, landmarks.mainStack), 'stack', '[stack]');
  for (const [stackPointer, threadId] of landmarks.stackPointers) {
    if (stackPointer >= goHeapStart && stackPointer < goHeapEnd) continue;
    const index = indexHolding(regions, stackPointer);
    if (index >= 0 && regions.at(index)!.writable) rename(index, 'stack', `[stack:${threadId}]`);
  }
  rename(indexHolding(regions, vsyscallStart), 'image', '[vsyscall]');
  if (landmarks.vdso !== undefined) nameVdso(regions, landmarks.vdso, rename);
}

function nameVdso(
  regions: Table<MemoryRegion>,
  vdso: Address,
  rename: (index: number, kind: RegionKind, name: string) => void,
): void {
  const vdsoIndex = indexHolding(regions, vdso);
  rename(vdsoIndex, 'image', '[vdso]');
  // The data pages of the vDSO lie right below it; newer kernels have two such mappings.
  for (let index = vdsoIndex - 1; index >= Math.max(0, vdsoIndex - 2); index -= 1) {
    const region = regions.at(index)!;
    if (region.end !== regions.at(index + 1)!.start || region.writable || region.executable) return;
    rename(index, 'image', '[vvar]');
  }
}
