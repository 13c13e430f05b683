// Lists of a million items: as columns of numbers, for as objects they take several times the memory.

/** What arrays and tables have in common, for those who read either. */
export interface List<T> extends Iterable<T> {
  readonly length: number;
  at(index: number): T | undefined;
  map<U>(value: (item: T, index: number) => U): U[];
  flatMap<U>(values: (item: T, index: number) => U | readonly U[]): U[];
  filter(isWanted: (item: T, index: number) => boolean): T[];
  find(isWanted: (item: T, index: number) => boolean): T | undefined;
  some(isWanted: (item: T, index: number) => boolean): boolean;
  reduce<U>(join: (before: U, item: T) => U, first: U): U;
}

/** Rows held as columns of numbers, the first of which is what they are sorted by. Items are made when asked for. */
export interface Table<T> extends List<T> {
  readonly columns: readonly Float64Array[];
  /** At the end. */
  push(item: T): void;
  /** Instead of the one that is there. */
  set(index: number, item: T): void;
}

/** How an item stands in the columns. */
export interface RowForm<T> {
  readonly columnCount: number;
  write(columns: readonly Float64Array[], index: number, item: T): void;
  read(columns: readonly Float64Array[], index: number): T;
}

/** Rows that fit before a table grows: making columns anew costs more than the room. */
const firstRoom = 16;

export function isTable<T>(list: List<T>): list is Table<T> {
  return 'columns' in list;
}

export function newTable<T>(form: RowForm<T>, items: Iterable<T> = []): Table<T> {
  const table = new ColumnTable(form);
  for (const item of items) table.push(item);
  table.trim();
  return table;
}

/** A class, for there are thousands of small ones, and methods on each would take more than their rows. */
class ColumnTable<T> implements Table<T> {
  readonly #form: RowForm<T>;
  /** With room for more rows. */
  #room: readonly Float64Array[];
  #columns: readonly Float64Array[] | undefined;
  length = 0;

  constructor(form: RowForm<T>) {
    this.#form = form;
    this.#room = Array.from({ length: form.columnCount }, () => new Float64Array(firstRoom));
  }

  get columns(): readonly Float64Array[] {
    this.#columns ??= this.#room.map((column) => column.subarray(0, this.length));
    return this.#columns;
  }

  push(item: T): void {
    if (this.length === this.#room[0]!.length)
      this.#room = this.#room.map((column) => resized(column, this.length * 2));
    this.#form.write(this.#room, this.length++, item);
    this.#columns = undefined;
  }

  trim(): void {
    if (this.length < this.#room[0]!.length)
      this.#room = this.#room.map((column) => column.slice(0, Math.max(1, this.length)));
    this.#columns = undefined;
  }

  set(index: number, item: T): void {
    this.#form.write(this.#room, index, item);
  }

  at(index: number): T | undefined {
    const place = index < 0 ? this.length + index : index;
    return place >= 0 && place < this.length ? this.#form.read(this.#room, place) : undefined;
  }

  *[Symbol.iterator](): Generator<T, void> {
    for (let index = 0; index < this.length; index++) yield this.#form.read(this.#room, index);
  }

  map<U>(value: (item: T, index: number) => U): U[] {
    return Array.from({ length: this.length }, (_, index) => value(this.at(index)!, index));
  }

  flatMap<U>(values: (item: T, index: number) => U | readonly U[]): U[] {
    const all: U[] = [];
    for (let index = 0; index < this.length; index++) {
      const some = values(this.at(index)!, index);
      if (Array.isArray(some)) for (const value of some as readonly U[]) all.push(value);
      else all.push(some as U);
    }
    return all;
  }

  filter(isWanted: (item: T, index: number) => boolean): T[] {
    const wanted: T[] = [];
    for (let index = 0; index < this.length; index++) {
      const item = this.at(index)!;
      if (isWanted(item, index)) wanted.push(item);
    }
    return wanted;
  }

  find(isWanted: (item: T, index: number) => boolean): T | undefined {
    for (let index = 0; index < this.length; index++) {
      const item = this.at(index)!;
      if (isWanted(item, index)) return item;
    }
    return undefined;
  }

  some(isWanted: (item: T, index: number) => boolean): boolean {
    return this.find(isWanted) !== undefined;
  }

  reduce<U>(join: (before: U, item: T) => U, first: U): U {
    let joined = first;
    for (const item of this) joined = join(joined, item);
    return joined;
  }
}

function resized(column: Float64Array, room: number): Float64Array {
  const larger = new Float64Array(room);
  larger.set(column);
  return larger;
}

/** Below 0 where the row at `a` comes before that at `b`. */
export type RowOrder = (columns: readonly Float64Array[], a: number, b: number) => number;

const byFirst: RowOrder = ([first], a, b) => first![a]! - first![b]!;

/** The rows in order, of equals the earlier first; the same table where they are in order. */
export function sortedTable<T>(table: Table<T>, form: RowForm<T>, order = byFirst): Table<T> {
  const { columns, length } = table;
  let isSorted = true;
  for (let index = 1; index < length && isSorted; index++) isSorted = order(columns, index - 1, index) <= 0;
  if (isSorted) return table;
  const places = new Uint32Array(length).map((_, index) => index).sort((a, b) => order(columns, a, b) || a - b);
  return newTable(form, inOrder());

  function* inOrder(): Generator<T, void> {
    for (const place of places) yield table.at(place)!;
  }
}
