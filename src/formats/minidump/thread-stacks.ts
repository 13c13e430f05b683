import { createBinaryReader } from '../../bytes/binary-reader.ts';
import { type Address, itemStartingAtOrBelow, type PointerSize } from '../../model/address.ts';
import { type CapturedBytes, fileOffsetOf } from '../captured-bytes.ts';
import type { Interval } from '../intervals.ts';
import type { ThreadEntry } from './thread-list.ts';

/** The stack of a thread. */
export interface ThreadStack extends Interval {
  readonly threadId: number;
}

/** Nobody reserves more for one stack; a larger one is read from something that is no TEB. */
const largestStack = 1 << 30;

/** Where the 32-bit TEB of a thread stands in a 64-bit dump of a 32-bit process (WOW64), from its 64-bit one. */
const wow64TebOffset = 0x2000;

/**
 * The stacks of all threads as their TEBs give them (NT_TIB.StackLimit to StackBase: what is committed), or the
 * captured range that the thread list calls its stack, or that the stack pointer points into. A thread of a WOW64 process has two.
 */
export function findThreadStacks(
  threads: readonly ThreadEntry[],
  bytes: CapturedBytes,
  pointerSize: PointerSize,
): ThreadStack[] {
  return threads.flatMap((thread) => {
    const found: Interval[] = [];
    const block = thread.environmentBlock;
    if (block !== undefined) {
      found.push(...readStackLimits(bytes, block, pointerSize));
      if (pointerSize === 8) found.push(...readStackLimits(bytes, block + wow64TebOffset, 4));
    }
    if (found.length === 0) found.push(...capturedStack(thread, bytes));
    return found.map(({ start, end }) => ({ start, end, threadId: thread.id }));
  });
}

function capturedStack(thread: ThreadEntry, { captured }: CapturedBytes): Interval[] {
  const address = thread.stack?.start ?? thread.stackPointer;
  const range = address === undefined ? undefined : itemStartingAtOrBelow(captured, address);
  if (range === undefined || range.size > largestStack || address! >= range.start + range.size) return [];
  return [{ start: range.start, end: range.start + range.size }];
}

/** Where the TEBs say that the process block (PEB) is; undefined when no TEB is captured. */
export function findProcessBlock(
  threads: readonly ThreadEntry[],
  bytes: CapturedBytes,
  pointerSize: PointerSize,
): Address | undefined {
  for (const { environmentBlock } of threads) {
    const size = 13 * pointerSize;
    const start = environmentBlock === undefined ? undefined : fileOffsetOf(bytes, environmentBlock, size);
    if (start === undefined) continue;
    const reader = createBinaryReader(bytes.source, { start, size, littleEndian: true });
    const word = (field: string) => (pointerSize === 8 ? reader.address64(field) : reader.u32(field));
    reader.skip(6 * pointerSize);
    if (word('NT_TIB.Self') !== environmentBlock) continue;
    reader.skip(5 * pointerSize);
    return word('TEB.ProcessEnvironmentBlock');
  }
  return undefined;
}

/** One interval, or none when no TEB stands there: it holds its own address (NT_TIB.Self). */
function readStackLimits(bytes: CapturedBytes, block: Address, pointerSize: PointerSize): Interval[] {
  const start = fileOffsetOf(bytes, block, 8 * pointerSize);
  if (start === undefined) return [];
  const reader = createBinaryReader(bytes.source, { start, size: 8 * pointerSize, littleEndian: true });
  const word = (field: string) => (pointerSize === 8 ? reader.address64(field) : reader.u32(field));
  reader.skip(pointerSize);
  const base = word('NT_TIB.StackBase');
  const limit = word('NT_TIB.StackLimit');
  reader.skip(3 * pointerSize);
  const self = word('NT_TIB.Self');
  return self === block && limit > 0 && base > limit && base - limit <= largestStack
    ? [{ start: limit, end: base }]
    : [];
}
