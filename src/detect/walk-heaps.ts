// Walks every heap of every dump and adds the blocks up by size.
import type { Allocator, BlockVisitor, Heap } from '../allocators/allocator.ts';
import type { Memory } from '../memory/memory.ts';
import { type Address, formatAddress } from '../model/address.ts';
import type { DumpWarning } from '../model/dump.ts';
import type { Pacer } from '../scan/pacer.ts';
import { type AllocationClass, newWalkedClass } from './allocation-class.ts';
import type { RangeTally } from './range-tally.ts';

/** One heap followed through the dumps by its address. Arrays run over the dumps; null where it is not there. */
export interface HeapTotals {
  readonly allocator: string;
  readonly name: string;
  /** Of the last dump that has it, where runs differ. */
  address: Address;
  readonly liveBlocks: (number | null)[];
  readonly liveBytes: (number | null)[];
  readonly freeBlocks: (number | null)[];
  readonly freeBytes: (number | null)[];
}

export interface FoundHeaps {
  readonly allocator: Allocator;
  /** Per dump in capture order. */
  readonly heaps: readonly (readonly Heap[])[];
}

export interface WalkResult {
  readonly classes: AllocationClass[];
  readonly heaps: HeapTotals[];
  /** Per dump. */
  readonly warnings: DumpWarning[][];
}

/** Looks for the heaps of every known allocator in every dump. */
export function findHeaps(memories: readonly Memory[], allocators: readonly Allocator[]): FoundHeaps[] {
  return allocators
    .map((allocator) => ({ allocator, heaps: memories.map((memory) => allocator.findHeaps(memory)) }))
    .filter((found) => found.heaps.some((heaps) => heaps.length > 0));
}

/** Distinct exact requests kept per class; a class holds at most a granule's worth of them in sound heaps. */
const mostRequests = 64;
/** Warnings about damage kept per heap and dump; the first ones tell. */
const mostWarnings = 3;

export async function walkHeaps(
  found: readonly FoundHeaps[],
  memories: readonly Memory[],
  tallies: readonly RangeTally[],
  pacer: Pacer,
  spaceOf: readonly number[] = memories.map(() => 0),
): Promise<WalkResult> {
  const result: WalkResult = { classes: [], heaps: [], warnings: memories.map(() => []) };
  const byName = spaceOf.some((space) => space !== spaceOf[0]);
  for (const { allocator, heaps } of found) {
    const classes = new Map<number, AllocationClass>();
    const totals: HeapTotals[] = [];
    for (const [index, memory] of memories.entries()) {
      const addresses = new Set(heaps[index]!.map((heap) => heap.address));
      for (const heap of heaps[index]!) {
        const total = totalsOf(totals, heap, { allocator, index, dumpCount: memories.length, addresses, byName });
        const counter = newCounter({ allocator, classes, total, memory, index, tally: tallies[index]!, result });
        for (const _ of allocator.walk(heap, memory, counter.visitor)) await pacer.pace(0);
        counter.settle();
      }
    }
    result.classes.push(...classes.values());
    result.heaps.push(...totals);
  }
  return result;
}

/**
 * Heaps are followed by the address of their structure. Where there is none that lasts (mapped chunks, each on its
 * own), by name, unless the heap of that name is still there under its address. From run to run by name: arenas and heaps
 * are numbered in the order in which they are listed.
 */
function totalsOf(totals: HeapTotals[], heap: Heap, context: TotalsContext): HeapTotals {
  const { allocator, index, dumpCount, addresses, byName } = context;
  const isOpen = (one: HeapTotals) => one.name === heap.name && one.liveBlocks[index] === null;
  const known = byName
    ? totals.find(isOpen)
    : (totals.find((one) => one.address === heap.address) ??
      totals.find((one) => isOpen(one) && !addresses.has(one.address)));
  if (known && byName) known.address = heap.address;
  if (known) return known;
  const none = () => new Array<number | null>(dumpCount).fill(null);
  const total = {
    allocator: allocator.id,
    name: heap.name,
    address: heap.address,
    liveBlocks: none(),
    liveBytes: none(),
    freeBlocks: none(),
    freeBytes: none(),
  };
  totals.push(total);
  return total;
}

interface TotalsContext {
  readonly allocator: Allocator;
  readonly index: number;
  readonly dumpCount: number;
  /** Of the same dump's heaps. */
  readonly addresses: ReadonlySet<Address>;
  /** Whether dumps of several runs are compared. */
  readonly byName: boolean;
}

interface CountContext {
  readonly allocator: Allocator;
  readonly classes: Map<number, AllocationClass>;
  readonly total: HeapTotals;
  readonly memory: Memory;
  readonly index: number;
  readonly tally: RangeTally;
  readonly result: WalkResult;
}

/** Classes that blocks were last counted for, by the lower bits of their strides; blocks come in runs of few sizes. */
const recentClasses = 256;

interface Counter {
  readonly visitor: BlockVisitor;
  /** Adds what was counted to the heap's totals. */
  settle(): void;
}

function newCounter(context: CountContext): Counter {
  const { allocator, classes, total, index, tally } = context;
  const dumpCount = context.result.warnings.length;
  const recent: AllocationClass[] = [];
  let liveBlocks = 0;
  let liveBytes = 0;
  let freeBlocks = 0;
  let freeBytes = 0;
  let damages = 0;

  /** The class of a stride that was not among the recent ones. */
  function find(stride: number): AllocationClass {
    let sizeClass = classes.get(stride);
    if (!sizeClass) {
      sizeClass = newWalkedClass(allocator.id, stride, dumpCount);
      classes.set(stride, sizeClass);
    }
    return sizeClass;
  }

  const visitor: BlockVisitor = {
    block(address, stride, live, request) {
      const place = (stride >>> 3) % recentClasses;
      let sizeClass = recent[place];
      if (sizeClass === undefined || sizeClass.stride !== stride) {
        sizeClass = find(stride);
        recent[place] = sizeClass;
      }
      tally.add(address, stride, live);
      if (!live) {
        sizeClass.freeCounts![index]!++;
        freeBlocks++;
        freeBytes += stride;
        return;
      }
      sizeClass.counts[index]!++;
      sizeClass.sketches[index]!.add(address);
      liveBlocks++;
      liveBytes += stride;
      if (request >= 0) countRequest(sizeClass, request, index);
    },
    damage(address, message) {
      if (++damages > mostWarnings) return;
      const where = formatAddress(address, context.memory.dump.pointerSize);
      const text = `${allocator.displayName}, ${total.name}: ${message} at ${where}`;
      context.result.warnings[index]!.push({ code: 'damaged-heap', message: text, offset: null });
    },
  };
  return {
    visitor,
    settle() {
      total.liveBlocks[index] = (total.liveBlocks[index] ?? 0) + liveBlocks;
      total.liveBytes[index] = (total.liveBytes[index] ?? 0) + liveBytes;
      total.freeBlocks[index] = (total.freeBlocks[index] ?? 0) + freeBlocks;
      total.freeBytes[index] = (total.freeBytes[index] ?? 0) + freeBytes;
    },
  };
}

function countRequest(sizeClass: AllocationClass, request: number, index: number): void {
  let counts = sizeClass.requests.get(request);
  if (!counts) {
    if (sizeClass.requests.size >= mostRequests) return;
    counts = new Float64Array(sizeClass.counts.length);
    sizeClass.requests.set(request, counts);
  }
  counts[index]!++;
}
