import type { RequestRange } from '../allocator.ts';

/** Slots are multiples of this, and so are the offsets of what programs get (UNIT of musl src/malloc/mallocng/meta.h). */
export const unit = 16;

/** Bytes before what a program gets that belong to it: offset and index (IB). */
export const headerBytes = 4;

/** Groups are mapped in pages of this size whatever the system's is. */
export const mapBytes = 4096;

/** Units of a slot, by class (size_classes in src/malloc/mallocng/malloc.c). */
export const classUnits: readonly number[] = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 18, 20, 25, 31, 36, 42, 50, 63, 72, 84, 102, 127, 146, 170, 204, 255, 292, 340,
  409, 511, 584, 682, 818, 1023, 1169, 1364, 1637, 2047, 2340, 2730, 3276, 4095, 4680, 5460, 6552, 8191,
];

/** The class of what is mapped for itself. */
export const mappedClass = 63;

/**
 * What a program may have asked for to get a block of so many bytes; null when nothing does. The first few blocks of a
 * size may stand in the next larger class, until there are enough of them for a group.
 */
export function requestRangeOf(stride: number): RequestRange | null {
  const index = classUnits.indexOf(stride / unit);
  if (index >= 0) {
    return { min: index === 0 ? 0 : classUnits[index - 1]! * unit - headerBytes + 1, max: stride - headerBytes };
  }
  if (stride <= 0 || stride % mapBytes !== 0) return null;
  const max = stride - unit - headerBytes;
  return { min: Math.max(0, max - mapBytes + 1), max };
}
