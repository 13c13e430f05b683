import type { ByteSource } from '../../bytes/byte-source.ts';
import type { Address } from '../../model/address.ts';
import type { CapturedRange } from '../../model/dump.ts';
import type { PagingMode } from './paging-modes.ts';
import { type PhysicalPages, pageSize } from './physical-pages.ts';

/** Virtual memory with the same rights throughout, whose pages the dump declares to hold. */
export interface MappedRange {
  readonly start: Address;
  readonly end: Address;
  /** See paging-modes.ts. */
  readonly rights: number;
}

/** A virtual address space. Both lists are sorted and never overlap; captured bytes may lie beyond the end of the file. */
export interface AddressSpaceMap {
  readonly mapped: readonly MappedRange[];
  readonly captured: readonly CapturedRange[];
  /** The tables led to more than they may. */
  readonly isCut: boolean;
}

/**
 * Physical memory may be mapped at several places: views of files, buffers shared with drivers. A dump whose tables
 * lead to more than so many times its pages was forged or is damaged. A few thousand are allowed to the smallest.
 */
const mostMappings = 4;
const fewPages = 1 << 16;

/** Ranges held in memory, of 100 bytes or so: 8 GiB of pages none of which is a neighbour of another. */
const mostRanges = 1 << 21;

/** 512 MiB of page tables: enough for 256 GiB in pages of 4 KiB, of one address space. */
const mostTables = 1 << 17;

/** Beyond, addresses are not exact as numbers; only with 5 levels are there such. */
const highestExact = 2 ** 52;

/**
 * Follows the page tables from their root. Every page of physical memory serves as a table once at most: tables that
 * lead to themselves (Windows maps its tables into memory so) end there, and the work is bounded by the file's size.
 * Ranges come in the order of addresses, the kernel's half first, so that its memory is there when the rest is cut.
 */
export function walkPageTables(
  source: ByteSource,
  pages: PhysicalPages,
  mode: PagingMode,
  directoryBase: number,
): AddressSpaceMap {
  const mapped: { start: number; end: number; rights: number }[] = [];
  const captured: { start: number; size: number; fileOffset: number }[] = [];
  const visited = new Set<number>();
  const tables = mode.levels.map(({ entryCount }) => new DataView(new ArrayBuffer(entryCount * mode.entrySize)));
  let isCut = false;
  let pagesLeft = mostMappings * Math.ceil(source.size / pageSize) + fewPages;
  /** Frames in transition may have a bit set that no memory has, against speculation: it is cleared. */
  const frameSpan = 2 ** Math.ceil(Math.log2(Math.max(2, pages.endPage)));

  function stop(): void {
    isCut = true;
    pagesLeft = 0;
  }

  /** False when nothing more may be added. */
  function addPart(start: Address, pageCount: number, fileOffset: number, rights: number): boolean {
    const allowed = Math.min(pageCount, pagesLeft);
    pagesLeft -= allowed;
    if (allowed < pageCount || mapped.length >= mostRanges || captured.length >= mostRanges) {
      stop();
      return false;
    }
    const size = pageCount * pageSize;
    const lastMapped = mapped.at(-1);
    if (lastMapped?.end === start && lastMapped.rights === rights) lastMapped.end += size;
    else mapped.push({ start, end: start + size, rights });
    const last = captured.at(-1);
    if (last !== undefined && last.start + last.size === start && last.fileOffset + last.size === fileOffset) {
      last.size += size;
    } else captured.push({ start, size, fileOffset });
    return true;
  }

  /** @param pageCount that the entry spans; what it leads to is aligned to as many */
  function frameOf(low: number, high: number, pageCount: number): number {
    const declared = mode.frameOf(low, high, pageCount > 1);
    const frame = mode.isTransition(low) ? declared % frameSpan : declared;
    return frame - (frame % pageCount);
  }

  function readTable(address: number, view: DataView): boolean {
    const page = Math.floor(address / pageSize);
    const fileOffset = pages.offsetOf(page);
    const bytes = new Uint8Array(view.buffer);
    return fileOffset >= 0 && source.read(fileOffset + address - page * pageSize, bytes) === bytes.length;
  }

  function addPages(start: Address, frame: number, pageCount: number, rights: number): void {
    if (pageCount === 1) {
      const fileOffset = pages.offsetOf(frame);
      if (fileOffset >= 0) addPart(start, 1, fileOffset, rights);
      return;
    }
    pages.forEachPart(frame, pageCount, (first, count, fileOffset) =>
      addPart(start + (first - frame) * pageSize, count, fileOffset, rights),
    );
  }

  function walkTable(address: number, base: Address, depth: number): void {
    const page = Math.floor(address / pageSize);
    const level = mode.levels[depth]!;
    const view = tables[depth]!;
    if (visited.has(page) || !readTable(address, view)) return;
    visited.add(page);
    if (visited.size > mostTables) stop();
    const span = 2 ** level.shift;
    const half = level.entryCount / 2;
    for (let step = 0; step < level.entryCount && pagesLeft > 0; step += 1) {
      // The upper half of the root is negative where addresses are sign-extended, and so comes first.
      const isSigned = depth === 0 && mode.signExtends;
      const index = isSigned ? (step + half) % level.entryCount : step;
      const low = view.getUint32(index * mode.entrySize, true);
      const high = mode.entrySize === 8 ? view.getUint32(index * 8 + 4, true) : 0;
      const kind = mode.kindOf(low, high, level);
      if (kind === 'nothing') continue;
      const start = base + (isSigned && index >= half ? index - level.entryCount : index) * span;
      if (Math.abs(start) >= highestExact || Math.abs(start + span) >= highestExact) continue;
      const frame = frameOf(low, high, kind === 'page' ? span / pageSize : 1);
      if (kind === 'table') walkTable(frame * pageSize, start, depth + 1);
      else addPages(start, frame, span / pageSize, mode.rightsOf(low, high));
    }
  }

  walkTable(directoryBase - (directoryBase % mode.rootAlignment), 0, 0);
  return { mapped, captured, isCut };
}
