// Where objects of several types were allocated in turn, the period is the sum of their sizes, and no block's size. In
// runtimes whose objects begin with a pointer to their type, the types tell where each object begins.
import type { Memory } from '../../memory/memory.ts';
import type { Address, PointerSize } from '../../model/address.ts';
import type { Period } from './find-strides.ts';

/** How a runtime points from an object to its type: pointers carry `tag`, the type stands at `offset` in the object. */
interface TypeLink {
  readonly tag: number;
  readonly offset: (pointerSize: PointerSize) => number;
}

const typeLinks: readonly TypeLink[] = [
  // CPython: PyObject.ob_type behind the reference count (Include/object.h); the type of type is itself.
  { tag: 0, offset: (pointerSize) => pointerSize },
  // V8: HeapObject::map comes first, pointers are tagged by 1 (src/objects/heap-object.h); the meta map is its own map.
  { tag: 1, offset: () => 0 },
];

/** Whether the value points to a type: to something whose own type is a type that is its own. */
export function isTypePointer(value: Address, memory: Memory): boolean {
  return typeLinks.some(({ tag, offset }) => {
    const step = offset(memory.dump.pointerSize) - tag;
    const meta = memory.word(value + step);
    return meta !== undefined && meta !== 0 && meta !== value && memory.word(meta + step) === meta;
  });
}

/**
 * @param group tokens of one stride that always stand in the same blocks
 * @param distances of the tokens from the group's first, in bytes, 0 up to the stride
 * @returns one period per object if the group holds several types; else undefined
 */
export function splitByTypes(
  group: readonly Period[],
  distances: readonly number[],
  memory: Memory,
): Period[] | undefined {
  const typed = group
    .map((period, index) => ({ period, at: distances[index]! }))
    .filter(({ period }) => period.kind === 'value' && isTypePointer(period.key, memory))
    .sort((a, b) => a.at - b.at);
  const [first] = typed;
  if (!first || typed.length < 2) return undefined;
  return typed.map(({ period, at }, index) => {
    const next = typed[index + 1]?.at ?? first.at + period.stride;
    return { ...period, blockBytes: next - at };
  });
}
