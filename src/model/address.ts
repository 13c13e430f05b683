import { type Column, isTable, type List } from './list.ts';

/**
 * A virtual address as a number. Addresses are canonical and sign-extended, as processors do it: the upper half of a
 * 64-bit address space (kernel, vsyscall) is negative. So both halves of a 48-bit space are exact to the byte in a
 * double, and address arithmetic needs no bigint, which would be far too slow for heap walks.
 */
export type Address = number;

/** Bytes of a pointer. */
export type PointerSize = 4 | 8;

/** Hex, zero-padded to the pointer's width, as the report's contract wants it: `0x00007f3c12a04000`. */
export function formatAddress(address: Address, pointerSize: PointerSize): string {
  const digits = hexDigits(Math.trunc(address), pointerSize);
  return `0x${digits.padStart(pointerSize * 2, '0')}`;
}

/** In two halves that are small integers: anything larger takes far longer, and reports hold millions of addresses. */
function hexDigits(address: number, pointerSize: PointerSize): string {
  if (address < 0 || address >= 2 ** 48) return BigInt.asUintN(pointerSize * 8, BigInt(address)).toString(16);
  const high = Math.floor(address / 2 ** 24) % 2 ** (pointerSize * 8 - 24);
  const low = (address % 2 ** 24).toString(16);
  return high === 0 ? low : high.toString(16) + low.padStart(6, '0');
}

/** Reads hex with or without `0x` and WinDbg's backtick; undefined when it is no address. */
export function parseAddress(text: string): Address | undefined {
  const digits = text.trim().replace(/^0x/i, '').replaceAll('`', '');
  if (!/^[0-9a-f]{1,16}$/i.test(digits)) return undefined;
  return Number(BigInt.asIntN(64, BigInt(`0x${digits}`)));
}

/** The last item whose `start` is at or below the address, if any. Items are sorted by `start`. */
export function itemStartingAtOrBelow<T extends { readonly start: Address }>(
  items: List<T>,
  address: Address,
): T | undefined {
  const index = lastStartingAtOrBelow(items, address);
  return index < 0 ? undefined : items.at(index);
}

/** Index of the last item whose `start` is at or below the address, or -1. Items are sorted by `start`. */
export function lastStartingAtOrBelow(items: List<{ readonly start: Address }>, address: Address): number {
  if (isTable(items)) return lastAtOrBelow(items.columns[0]!, address);
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items.at(middle)!.start <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function lastAtOrBelow(starts: Column, address: Address): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
