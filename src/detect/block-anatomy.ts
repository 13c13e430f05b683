// What a block of a class looks like inside: its words, column by column, over many blocks.
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import { wordKinds } from '../model/cell-map.ts';
import { union } from '../model/intervals.ts';
import type { BlockField, FieldKind } from '../model/leak-report.ts';
import { moduleAt } from '../model/module-at.ts';
import { classifyWordAt, pointsInto } from '../model/word-kind.ts';
import type { Symbols } from '../symbols/open-symbols.ts';
import { typeOfBlocks } from './block-type.ts';

export interface AnatomyInput {
  readonly memory: Memory;
  /** Starts of blocks, sorted; the more the better, up to a few hundred. */
  readonly blocks: readonly Address[];
  readonly stride: number;
  /** Bytes at the block's start that are the allocator's. */
  readonly headerBytes: number;
  /** False where blocks were seen by their stride alone, and may begin anywhere in what is called a block. */
  readonly startsAreKnown: boolean;
  /** Of the same memory. */
  readonly symbols: Symbols;
}

export interface BlockAnatomy {
  /** Over one stride, without values but for offsets into modules; empty when too few blocks are captured. */
  readonly fields: readonly BlockField[];
  /** Of the objects in the blocks; untrusted text. */
  readonly typeName: string | null;
}

/** Words read in all: bounds time and memory whatever the stride. */
const wordBudget = 1 << 20;
const mostBlocks = 128;
const mostBytes = 1 << 20;
/** Share of blocks that must agree for a column to be called something. */
const agreement = 0.9;
const mostFields = 64;
/** Following a pointer is a read at a random place: so many per column, and in so many columns. */
const mostFollowed = 24;
const mostFollowedColumns = 64;

/** Looks at many blocks of one class, spread over all of them. */
export function blockAnatomy(input: AnatomyInput): BlockAnatomy {
  const columns = readColumns(input);
  if (!columns) return { fields: [], typeName: null };
  const { pointerSize } = input.memory.dump;
  const { headerBytes, startsAreKnown, symbols } = input;
  const typeName = typeOfBlocks({ shared: columns.fingerprint, pointerSize, headerBytes, startsAreKnown }, symbols);
  return { fields: describeFields(columns, input), typeName };
}

function describeFields(columns: Columns, input: AnatomyInput): BlockField[] {
  const width = input.memory.dump.pointerSize;
  const fields: { offset: number; size: number; kind: FieldKind; detail: string }[] = [];
  for (let column = 0; column < columns.count; column++) {
    const offset = column * width;
    const { kind, detail } =
      offset < input.headerBytes
        ? { kind: 'header' as const, detail: 'of the allocator' }
        : describe(columns, column, input);
    const last = fields.at(-1);
    if (last && last.kind === kind && last.detail === detail) last.size += width;
    else fields.push({ offset, size: width, kind, detail });
  }
  return fields.length <= mostFields ? fields : [...fields.slice(0, mostFields - 1), rest(fields)];
}

function rest(fields: readonly BlockField[]): BlockField {
  const first = fields[mostFields - 1]!;
  const last = fields.at(-1)!;
  const size = last.offset + last.size - first.offset;
  return { offset: first.offset, size, kind: 'random', detail: `${fields.length - mostFields + 1} further fields` };
}

interface Columns {
  readonly count: number;
  readonly rows: number;
  /** Row by row: value and kind (index in wordKinds) of every word. */
  readonly values: Float64Array;
  readonly kinds: Uint8Array;
  /** Values most blocks share, by column; NaN elsewhere. What tells a block of this class. */
  readonly fingerprint: Float64Array;
}

function readColumns(input: AnatomyInput): Columns | undefined {
  const { memory, stride } = input;
  const width = memory.dump.pointerSize;
  const count = Math.floor(Math.min(stride, mostBytes) / width);
  const wanted = Math.min(mostBlocks, Math.max(4, Math.floor(wordBudget / count)));
  // Cores often leave out the code of modules: pointers to it are pointers all the same.
  const isMapped = pointsInto(memory.dump.regions);
  const isInModule = pointsInto(union(memory.dump.modules));
  const isPointer = (value: number) => isMapped(value) || isInModule(value);
  const every = Math.max(1, Math.floor(input.blocks.length / wanted));
  const values = new Float64Array(wanted * count);
  const kinds = new Uint8Array(wanted * count);
  const bytes = new Uint8Array(count * width);
  const view = new DataView(bytes.buffer);
  const options = { pointerSize: width, littleEndian: memory.dump.littleEndian, isPointer };
  let rows = 0;
  for (let index = 0; index < input.blocks.length && rows < wanted; index += every) {
    if (memory.read(input.blocks[index]!, bytes) < bytes.length) continue;
    for (let column = 0; column < count; column++) {
      values[rows * count + column] = wordAt(view, column * width, width, options.littleEndian);
      kinds[rows * count + column] = classifyWordAt(view, column * width, options);
    }
    rows++;
  }
  if (rows < 3) return undefined;
  const columns = { count, rows, values, kinds, fingerprint: new Float64Array(count).fill(Number.NaN) };
  for (let column = 0; column < count; column++) columns.fingerprint[column] = sharedValue(columns, column);
  return columns;
}

function wordAt(view: DataView, offset: number, width: 4 | 8, littleEndian: boolean): number {
  if (width === 4) return view.getUint32(offset, littleEndian);
  const low = view.getUint32(offset + (littleEndian ? 0 : 4), littleEndian);
  return view.getInt32(offset + (littleEndian ? 4 : 0), littleEndian) * 2 ** 32 + low;
}

/** The value that nearly all blocks have in this column; NaN when there is none. */
function sharedValue(columns: Columns, column: number): number {
  const counts = new Map<number, number>();
  for (let row = 0; row < columns.rows; row++) {
    const value = columns.values[row * columns.count + column]!;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  for (const [value, seen] of counts) if (seen >= agreement * columns.rows) return value;
  return Number.NaN;
}

interface Description {
  readonly kind: FieldKind;
  readonly detail: string;
}

function describe(columns: Columns, column: number, input: AnatomyInput): Description {
  const shared = columns.fingerprint[column]!;
  const share = kindShares(columns, column);
  if (shared === 0) return { kind: 'zero', detail: 'zero in nearly all blocks' };
  if (share.pointer >= agreement * share.nonZero && share.nonZero >= 0.2)
    return describePointers(columns, column, input);
  if (!Number.isNaN(shared)) {
    const what = share.text > 0.5 ? 'the same text in nearly all blocks' : 'the same value in nearly all blocks';
    return { kind: 'constant', detail: what };
  }
  if (share.text >= 0.7 * share.nonZero) return { kind: 'text', detail: 'text' };
  if (share.small >= agreement * share.nonZero) {
    return isCounter(columns, column)
      ? { kind: 'counter', detail: 'counts up with the address' }
      : { kind: 'small-integer', detail: 'small numbers' };
  }
  if (share.nonZero < 0.5) return { kind: 'zero', detail: 'zero in most blocks' };
  return { kind: 'random', detail: 'no pattern' };
}

function kindShares(columns: Columns, column: number) {
  const counts = new Float64Array(wordKinds.length);
  for (let row = 0; row < columns.rows; row++) counts[columns.kinds[row * columns.count + column]!]!++;
  const of = (kind: (typeof wordKinds)[number]) => counts[wordKinds.indexOf(kind)]! / columns.rows;
  return { pointer: of('pointer'), text: of('text'), small: of('small-integer'), nonZero: 1 - of('zero') };
}

/** Blocks come sorted by address: a number that nearly always grows along is a serial number. */
function isCounter(columns: Columns, column: number): boolean {
  let ups = 0;
  for (let row = 1; row < columns.rows; row++) {
    if (columns.values[row * columns.count + column]! > columns.values[(row - 1) * columns.count + column]!) ups++;
  }
  return ups >= agreement * (columns.rows - 1);
}

function describePointers(columns: Columns, column: number, input: AnatomyInput): Description {
  const shared = columns.fingerprint[column]!;
  const targets: Address[] = [];
  for (let row = 0; row < columns.rows; row++) {
    const value = columns.values[row * columns.count + column]!;
    if (value !== 0) targets.push(value);
  }
  const { modules } = input.memory.dump;
  const inModules = targets.filter((target) => moduleAt(modules, target));
  if (inModules.length >= agreement * targets.length) {
    const module = moduleAt(modules, Number.isNaN(shared) ? inModules[0]! : shared)!;
    const name = fileName(module.path);
    if (Number.isNaN(shared)) return { kind: 'module-pointer', detail: `into ${name}, several places` };
    return {
      kind: 'module-pointer',
      detail: `${name}+0x${(shared - module.start).toString(16)}${nameOf(shared, input)}`,
    };
  }
  const every = Math.max(1, Math.floor(targets.length / mostFollowed));
  const followed = column < mostFollowedColumns ? targets.filter((_, index) => index % every === 0) : [];
  for (const inner of new Set([0, input.headerBytes, 8, 16])) {
    const own = followed.filter((target) => looksLikeBlock(columns, input, target - inner));
    if (own.length > 0 && own.length >= 0.7 * followed.length) {
      return { kind: 'self-pointer', detail: `to a block of this class, at +0x${inner.toString(16)}` };
    }
  }
  if (Number.isNaN(shared)) return { kind: 'heap-pointer', detail: 'to other memory' };
  return { kind: 'heap-pointer', detail: `to one place in other memory${nameOf(shared, input)}` };
}

function nameOf(address: Address, input: AnatomyInput): string {
  const name = input.symbols.describe(address);
  return name === undefined ? '' : ` (${name})`;
}

/** Whether the words that all blocks share stand at this place too. */
function looksLikeBlock(columns: Columns, input: AnatomyInput, start: Address): boolean {
  const width = input.memory.dump.pointerSize;
  let checked = 0;
  for (let column = 0; column < columns.count && checked < 8; column++) {
    const expected = columns.fingerprint[column]!;
    if (Number.isNaN(expected) || expected === 0) continue;
    if (input.memory.word(start + column * width) !== expected) return false;
    checked++;
  }
  return checked > 0;
}

/** Last part of a Windows or Unix path. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
