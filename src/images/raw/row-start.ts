// Where in a row the picture's rows begin: at the jump from the right edge to the left one, or behind padding.
import type { Address } from '../../model/address.ts';
import type { ColumnFacts, PixelSize } from './columns.ts';
import { medianOf } from './difference.ts';

/** The jump has to stand out from all other steps from pixel to pixel, and from the usual one. */
const aboveNext = 1.35;
const aboveUsual = 2.5;

/**
 * The column at which a row begins; undefined where no jump stands out, as with a plain border. `address` is that of column
 * 0: pixels of two and four bytes lie at multiples of their size.
 */
export function wrapColumn(facts: ColumnFacts, size: PixelSize, address: Address): number | undefined {
  const { stride } = facts;
  const step = size === 3 ? 1 : size;
  const first = (step - (address % step)) % step;
  const jumps = jumpsInto(facts, size);
  let best = first;
  for (let column = first; column < stride; column += step) if (jumps[column]! > jumps[best]!) best = column;
  let next = 0;
  for (let column = first; column < stride; column += step) {
    const distance = Math.min(Math.abs(column - best), stride - Math.abs(column - best));
    // The pixels of the jump itself, and those behind the padding that may follow it.
    if (distance > 2 * size && distance > constantFrom(facts, best) + size) next = Math.max(next, jumps[column]!);
  }
  const usual = medianOf([...jumps]);
  if (jumps[best]! <= aboveNext * next || jumps[best]! <= aboveUsual * usual) return undefined;
  const padding = constantFrom(facts, best);
  return padding < largestAlignment ? (best + padding) % stride : best;
}

/** By column: mean step into the pixel that begins there, from the one before it. */
function jumpsInto({ steps, stride }: ColumnFacts, size: PixelSize): Float64Array {
  const list = steps[size - 1]!;
  return Float64Array.from({ length: stride }, (_, column) => {
    let sum = 0;
    for (let byte = 0; byte < size; byte++) sum += list[(column + byte - size + stride) % stride]!;
    return sum / size;
  });
}

/** How many columns from this one on are zero in all rows: padding behind a right edge. */
function constantFrom({ constant, stride }: ColumnFacts, column: number): number {
  let count = 0;
  while (count < largestAlignment && constant[(column + count) % stride] === 0) count++;
  return count;
}

/** Rows are filled up to a multiple of at most this many bytes: an `XImage`, a `cairo` surface, a texture. */
const largestAlignment = 64;

/** Columns at the end of a row that are zero in all rows: padding where they fill it up to an alignment. */
export function paddingBytes({ constant, stride }: ColumnFacts, rowStart: number, size: PixelSize): number {
  let zeros = 0;
  while (zeros < largestAlignment && constant[(rowStart + stride - 1 - zeros) % stride] === 0) zeros++;
  const part = stride % size;
  const whole = Math.floor((zeros - part) / size) * size + part;
  for (let alignment = largestAlignment; alignment > size; alignment /= 2) {
    if (stride % alignment === 0 && whole >= size && whole < alignment) return whole;
  }
  return part;
}
