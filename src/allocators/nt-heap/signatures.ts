import type { Memory } from '../../memory/memory.ts';
import type { Address, PointerSize } from '../../model/address.ts';
import type { Dump, MemoryRegion } from '../../model/dump.ts';

/** Start of a heap's or a segment's memory, told by the signature that stands there. */
export interface HeapBoundary {
  readonly address: Address;
  /** Width of the pointers of the structure, which may be narrower than the dump's (WOW64). */
  readonly pointerSize: PointerSize;
  /** segmentSignature or heapSignature. */
  readonly signature: number;
}

/** _HEAP_SEGMENT.SegmentSignature of Windows Vista and later; Wine sets it too. */
export const segmentSignature = 0xffeeffee;
/** _HEAP.Signature; until Windows 2003 it stands where later the segment's signature does. */
export const heapSignature = 0xeeffeeff;

/** VirtualAlloc's granularity: every heap and every further segment of one starts at a multiple of it. */
export const allocationGranularity = 0x10000;

/** The signature follows one _HEAP_ENTRY: 8 bytes with 32-bit pointers, 16 with 64-bit ones. */
const signatureOffset32 = 8;
const signatureOffset64 = 16;

const found = new WeakMap<Memory, readonly HeapBoundary[]>();

/**
 * Looks at a few bytes at every 64 KiB boundary of memory that can hold a Windows heap. Segment heaps (signature
 * 0xddeeddee, Windows 10 and later) are another allocator and not among them. The answer is kept, for the NT heap
 * and Wine's ask the same.
 */
export function heapBoundaries(memory: Memory): readonly HeapBoundary[] {
  const known = found.get(memory);
  if (known !== undefined) return known;
  const boundaries = mayRunWindowsCode(memory.dump) ? scan(memory) : [];
  found.set(memory, boundaries);
  return boundaries;
}

/** Wine's processes are Linux processes too, but then Wine's libraries are mapped there. */
function mayRunWindowsCode(dump: Dump): boolean {
  if (!dump.littleEndian || dump.addressSpace !== 'virtual') return false;
  if (dump.operatingSystem === 'windows' || dump.operatingSystem === 'unknown') return true;
  const isWine = (path: string): boolean => /ntdll|wine/i.test(path);
  return dump.modules.some(({ path }) => isWine(path)) || dump.regions.some(({ name }) => name !== '' && isWine(name));
}

function canHoldHeap(region: MemoryRegion): boolean {
  if (region.kind === 'unknown') return true;
  return region.writable && (region.kind === 'heap' || region.kind === 'private');
}

function scan(memory: Memory): HeapBoundary[] {
  const { regions, captured } = memory.dump;
  const boundaries: HeapBoundary[] = [];
  let index = 0;
  for (const { start, size } of captured) {
    let at = Math.ceil(start / allocationGranularity) * allocationGranularity;
    while (at < start + size) {
      while (index < regions.length && regions.at(index)!.end <= at) index += 1;
      const region = regions.at(index);
      if (region === undefined) return boundaries;
      if (region.start > at || !canHoldHeap(region)) {
        const next = region.start > at ? region.start : region.end;
        at = Math.ceil(next / allocationGranularity) * allocationGranularity;
        continue;
      }
      const boundary = boundaryAt(memory, at);
      if (boundary !== undefined) boundaries.push(boundary);
      at += allocationGranularity;
    }
  }
  return boundaries;
}

function boundaryAt(memory: Memory, address: Address): HeapBoundary | undefined {
  const signature32 = memory.u32(address + signatureOffset32);
  if (signature32 === segmentSignature || signature32 === heapSignature) {
    return { address, pointerSize: 4, signature: signature32 };
  }
  const signature64 = memory.u32(address + signatureOffset64);
  if (signature64 === segmentSignature || signature64 === heapSignature) {
    return { address, pointerSize: 8, signature: signature64 };
  }
  return undefined;
}
