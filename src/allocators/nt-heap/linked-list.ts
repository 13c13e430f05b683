import type { Memory } from '../../memory/memory.ts';
import type { Address, PointerSize } from '../../model/address.ts';

/** Entries of all lists of a dump together, for damaged ones: far more than there are large blocks in any process. */
const mostEntries = 1 << 21;

/** A pointer of a heap whose pointers may be narrower than the dump's: 32-bit heaps in a 64-bit dump (WOW64). */
export function readPointer(memory: Memory, pointerSize: PointerSize, address: Address): Address | undefined {
  return pointerSize === 8 ? memory.i64(address) : memory.u32(address);
}

/** Reads lists of one dump's heaps. */
export interface ListReader {
  readonly memory: Memory;
  readonly pointerSize: PointerSize;
  /** Links met so far, in any list: none is in two, so that lists that lead into each other are read once. */
  readonly seen: Set<Address>;
}

export interface LinkedList {
  /** Addresses of the links inside the entries, in list order. */
  readonly links: readonly Address[];
  /** Where following it ended without coming back to the head; undefined for a list that is whole. */
  readonly brokenAt: Address | undefined;
}

/**
 * Follows a doubly linked list (LIST_ENTRY of winnt.h, struct list of Wine) from its head. Where the forward links
 * break, the backward ones are followed from the other end, so that a lost page costs its own entries only.
 */
export function followList(reader: ListReader, head: Address): LinkedList {
  const forward = followLinks(reader, head, 0);
  if (forward.closed) return { links: forward.links, brokenAt: undefined };
  const backward = followLinks(reader, head, reader.pointerSize);
  return { links: [...forward.links, ...backward.links.reverse()], brokenAt: forward.end };
}

function followLinks({ memory, pointerSize, seen }: ListReader, head: Address, field: number) {
  const links: Address[] = [];
  let end = head;
  for (;;) {
    const next = readPointer(memory, pointerSize, end + field);
    if (next === head) return { links, end, closed: true };
    if (next === undefined || next === 0 || seen.has(next) || seen.size >= mostEntries) break;
    // A link that cannot be read holds no entry either.
    if (readPointer(memory, pointerSize, next) === undefined) break;
    seen.add(next);
    links.push(next);
    end = next;
  }
  return { links, end, closed: false };
}
