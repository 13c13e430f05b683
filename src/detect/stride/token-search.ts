// Looks for tokens in one dump's part of a window. Stretches are read one behind the other until there is no room for
// more, and looked through at once: most are single pages, for which a call of a kernel costs as much as it does.
import { type Kernels, type Place, stretchSlack, type Table } from '../../kernels/kernels.ts';
import { shapeWords } from '../../kernels/shapes.ts';
import { newStepTable, stepBytes } from '../../kernels/step-table.ts';
import { farthestCompanion } from '../../kernels/token-table.ts';
import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { CountSteps } from './count-plan.ts';
import { readAround } from './read-around.ts';

/** Bytes of a stretch that are read at once: they are still in one of the processor's nearer caches when looked through. */
const mostBytes = 512 << 10;
const mostSteps = 256;
/** Beside a stretch: the words that a shape begins with, and what companions need. */
const mostBeside = shapeWords * 8 + 2 * farthestCompanion;

/** Room that searches take turns in; see newTokenSearch. */
export const searchRoom = { batch: mostBytes + mostBeside + stretchSlack, steps: stepBytes * mostSteps } as const;

/** Hits in one window; see TokenKernels. */
export interface HitList extends Table {
  count: number;
}

/** What there is of each kind of token. */
export interface Tokens<Kind> {
  readonly value: Kind;
  readonly shape: Kind;
}

export interface SearchInput {
  readonly memory: Memory;
  readonly kernels: Kernels;
  readonly room: { readonly batch: Place; readonly steps: Place };
  readonly tokens: Tokens<Table>;
  /** Addresses that are mapped; see address-table.ts. */
  readonly ranges: Table;
  readonly found: Tokens<HitList>;
  /** Of the dump before. */
  readonly before: Tokens<HitList>;
}

export interface TokenSearch extends CountSteps {
  readonly found: Tokens<HitList>;
  /** Forgets what was found. */
  begin(origin: Address): void;
  /** Once all steps were told: returns the bytes that were read for them. */
  finish(): number;
}

export function newTokenSearch({ memory, kernels, room, tokens, ranges, found, before }: SearchInput): TokenSearch {
  const wordBytes = memory.dump.pointerSize;
  const overlap = overlapOf(wordBytes);
  const batchEnd = room.batch + mostBytes + mostBeside;
  const bytes = new Uint8Array(kernels.buffer);
  const table = newStepTable(kernels.buffer, room.steps);
  const steps = { table, wordBytes };
  let place = room.batch;
  let origin = 0;
  let readBytes = 0;

  function readPart(start: Address, end: Address, rangeStart: Address): void {
    const from = Math.min(overlap, start - rangeStart);
    const wanted = from + end - start - ((from + end - start) % 8);
    const taken = wanted + 2 * farthestCompanion;
    if (table.count === mostSteps || place + taken > batchEnd) lookThrough();
    const got = readAround(memory, start - from, bytes.subarray(place, place + taken));
    table.addStretch(place + farthestCompanion, got - (got % 8), start - from - origin, from);
    place += taken;
    readBytes += end - start;
  }

  function lookThrough(): void {
    const { value, shape } = found;
    if (tokens.value.count > 0)
      value.count += kernels.findValues(steps, tokens.value, before.value, value.place + 8 * value.count);
    if (tokens.shape.count > 0)
      shape.count += kernels.findShapes(steps, tokens.shape, ranges, before.shape, shape.place + 8 * shape.count);
    table.clear();
    place = room.batch;
  }

  return {
    found,
    begin(address) {
      origin = address;
      readBytes = 0;
      found.value.count = 0;
      found.shape.count = 0;
    },
    read(start, end, rangeStart) {
      for (let at = start; at < end; at += mostBytes) readPart(at, Math.min(end, at + mostBytes), rangeStart);
    },
    takeOver(start, end) {
      if (table.count === mostSteps) lookThrough();
      table.addTaken(end - start, start - origin);
    },
    finish() {
      if (table.count > 0) lookThrough();
      return readBytes;
    },
  };
}

/** Bytes in front of what is looked through: the word before a shape, and all of the shape but its last word. */
export function overlapOf(wordBytes: number): number {
  return shapeWords * wordBytes;
}
