// Reads structures of the kernel out of the dump's virtual memory.
import type { Address, PointerSize } from '../../model/address.ts';
import { type CapturedBytes, readCaptured } from '../captured-bytes.ts';
import { wideTextUpToNul } from '../text.ts';

/** The kernel's memory while the dump is being opened. */
export interface KernelMemory extends CapturedBytes {
  readonly pointerSize: PointerSize;
}

/** A pointer in a structure that was read, sign-extended. */
export function pointerAt(view: DataView, offset: number, pointerSize: PointerSize): Address {
  const low = view.getUint32(offset, true);
  return pointerSize === 4 ? low : view.getInt32(offset + 4, true) * 2 ** 32 + low;
}

/** Real lists have a few hundred entries, thousands of processes at most; keeps forged ones from costing time. */
const mostEntries = 1 << 14;

/**
 * The entries of a doubly linked list (LIST_ENTRY) after its head, in its order. It ends at its head, where memory is
 * not captured, and where it leads to an entry that it has led to before: `isWhole` tells the first from the others.
 */
export function readLinkedList(memory: KernelMemory, head: Address): { entries: Address[]; isWhole: boolean } {
  const entries = new Set<Address>();
  let at = head;
  while (entries.size < mostEntries) {
    const links = readCaptured(memory, at, memory.pointerSize);
    if (links === undefined) break;
    at = pointerAt(links, 0, memory.pointerSize);
    if (at === head) return { entries: [...entries], isWhole: true };
    if (entries.has(at)) break;
    entries.add(at);
  }
  return { entries: [...entries], isWhole: false };
}

/** The text of a UNICODE_STRING in a structure that was read; undefined when it is not captured. */
export function readUnicodeString(memory: KernelMemory, view: DataView, offset: number): string | undefined {
  const length = view.getUint16(offset, true) & ~1;
  const text = readCaptured(memory, pointerAt(view, offset + memory.pointerSize, memory.pointerSize), length);
  return text && wideTextUpToNul(new Uint8Array(text.buffer), true);
}
