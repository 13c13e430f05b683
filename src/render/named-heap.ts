// A heap by what a person calls it.
import { LeakvizError } from '../errors.ts';
import { type Address, formatAddress, type PointerSize, parseAddress } from '../model/address.ts';
import type { Interval } from '../model/intervals.ts';
import type { List } from '../model/list.ts';

interface NamedHeap {
  /** Ways to call it, the one to show first; untrusted text. */
  readonly names: readonly [string, ...string[]];
  readonly address: Address;
  readonly ranges: List<Interval>;
}

/** More heaps than this are not listed in an error. */
const mostListed = 12;

/**
 * The heap of that name, upper and lower case alike; or the one at that address in hex, be it of its structure or in
 * its memory; or `3` for `heap 3`, and where none is called so, for the third. Throws LeakvizError when there is none,
 * or several.
 */
export function namedHeap<Heap extends NamedHeap>(heaps: readonly Heap[], wanted: string, size: PointerSize): Heap {
  const [only, ...others] = heapsCalled(heaps, wanted.trim());
  if (only && others.length === 0) return only;
  const problem = only
    ? `'${wanted}' is the name of ${others.length + 1} heaps`
    : `no heap of this dump is called '${wanted}'`;
  throw new LeakvizError('usage', `--heap: ${problem}; found: ${listed(only ? [only, ...others] : heaps, size)}`, {
    hint: only
      ? 'Give the address of one of them.'
      : 'Give the name of a heap, its address or its number, as leakviz info lists them, or --range for other memory.',
  });
}

function heapsCalled<Heap extends NamedHeap>(heaps: readonly Heap[], wanted: string): Heap[] {
  const named = (text: string) => heaps.filter(({ names }) => names.some((name) => name.toLowerCase() === text));
  const byName = named(wanted.toLowerCase());
  if (byName.length > 0) return byName;
  const address = parseAddress(wanted);
  const byAddress = heaps.filter((heap) => heap.address === address);
  if (byAddress.length > 0) return byAddress;
  const around = heaps.filter(({ ranges }) => ranges.some(({ start, end }) => start <= address! && address! < end));
  if (around.length > 0) return around;
  if (!/^[1-9]\d*$/.test(wanted)) return [];
  const byNumber = named(`heap ${wanted}`);
  return byNumber.length > 0 ? byNumber : heaps.slice(Number(wanted) - 1, Number(wanted));
}

function listed(heaps: readonly NamedHeap[], size: PointerSize): string {
  if (heaps.length === 0) return 'no heap of a known allocator, and no region that is a heap';
  const texts = heaps
    .slice(0, mostListed)
    .map(({ names, address }) => `${names[0]} at ${formatAddress(address, size)}`);
  return texts.join(', ') + (heaps.length > mostListed ? `, and ${heaps.length - mostListed} more` : '');
}
