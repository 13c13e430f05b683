// How often each of millions of numbers comes: a hash table in typed arrays, for a Map of as many would take seconds.

export interface KeyCounts {
  add(key: number): void;
  /** In no order that means anything. */
  forEach(visit: (key: number, count: number) => void): void;
  clear(): void;
}

const smallestCapacity = 256;

/** Any numbers but NaN; counts up to 2^32. */
export function newKeyCounts(): KeyCounts {
  let mask = smallestCapacity - 1;
  let keys = new Float64Array(smallestCapacity);
  /** 0 where a slot is empty. */
  let counts = new Uint32Array(smallestCapacity);
  /** Slots in use, so that clearing costs no more than filling did. */
  let slots = new Uint32Array(smallestCapacity / 2);
  let size = 0;

  function slotOf(key: number): number {
    let slot = hashOf(key) & mask;
    while (counts[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  function insert(slot: number, key: number, count: number): void {
    keys[slot] = key;
    counts[slot] = count;
    slots[size++] = slot;
  }

  function grow(): void {
    const [oldKeys, oldCounts, oldSlots] = [keys, counts, slots];
    const capacity = 2 * keys.length;
    mask = capacity - 1;
    keys = new Float64Array(capacity);
    counts = new Uint32Array(capacity);
    slots = new Uint32Array(capacity / 2);
    size = 0;
    for (const slot of oldSlots) insert(slotOf(oldKeys[slot]!), oldKeys[slot]!, oldCounts[slot]!);
  }

  return {
    add(key) {
      const slot = slotOf(key);
      if (counts[slot] !== 0) counts[slot]!++;
      else {
        insert(slot, key, 1);
        if (size === slots.length) grow();
      }
    },
    forEach(visit) {
      for (let index = 0; index < size; index++) visit(keys[slots[index]!]!, counts[slots[index]!]!);
    },
    clear() {
      for (let index = 0; index < size; index++) counts[slots[index]!] = 0;
      size = 0;
    },
  };
}

const scratch = new Float64Array(1);
const halves = new Uint32Array(scratch.buffer);

/** 32 bits, mixed (the finalizer of MurmurHash3 over both halves of the double). */
export function hashOf(key: number): number {
  scratch[0] = key;
  let hash = Math.imul(halves[1]!, 0x9e3779b1) ^ halves[0]!;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
