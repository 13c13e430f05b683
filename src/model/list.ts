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

/** Numbers of any kind, or whole ones below 2^32. */
export type Column = Float64Array | Uint32Array;

/**
 * Rows held as columns of numbers, the first of which is what they are sorted by; of what has a start and an end, these
 * are the first two. Items are made when asked for. Tables may share columns.
 */
export interface Table<T> extends List<T> {
  readonly columns: readonly Column[];
  /** At the end. */
  push(item: T): void;
  /** Instead of the one that is there. */
  set(index: number, item: T): void;
}

/** How an item stands in the columns. */
export interface RowForm<T> {
  readonly columnTypes: readonly (Float64ArrayConstructor | Uint32ArrayConstructor)[];
  write(columns: readonly Column[], index: number, item: T): void;
  read(columns: readonly Column[], index: number): T;
}

/** Rows that fit before a table grows: making columns anew costs more than the room. */
const firstRoom = 16;

export function isTable<T>(list: Iterable<T>): list is Table<T> {
  return 'columns' in list;
}

export function newTable<T>(form: RowForm<T>, items: Iterable<T> = []): Table<T> {
  const table = new ColumnTable(form, emptyColumns(form, firstRoom), 0);
  for (const item of items) table.push(item);
  table.trim();
  return table;
}

/** An empty table, with room for about so many rows as will be put in. */
export function tableWithRoom<T>(form: RowForm<T>, room: number): Table<T> {
  return new ColumnTable(form, emptyColumns(form, Math.max(1, room)), 0);
}

function emptyColumns<T>({ columnTypes }: RowForm<T>, room: number): Column[] {
  return columnTypes.map((Type) => new Type(room));
}

/**
 * A table of what another is made from, for most of it stands there already: a column is made anew where it differs.
 * @param like where columns may be the same, those of the other table
 */
export function tableLike<T>(form: RowForm<T>, items: Iterable<T>, like: readonly (Column | undefined)[]): Table<T> {
  const row = form.columnTypes.map((Type) => new Type(1));
  const own: (Column | undefined)[] = form.columnTypes.map(() => undefined);
  const room = Math.max(firstRoom, ...like.map((column) => column?.length ?? 0));
  let length = 0;
  for (const item of items) {
    form.write(row, 0, item);
    for (let index = 0; index < row.length; index++) {
      const value = row[index]![0]!;
      let column = own[index];
      if (column === undefined && like[index]?.[length] === value) continue;
      if (column === undefined || length === column.length) {
        const filled = column ?? like[index]?.subarray(0, length) ?? row[index]!.subarray(0, 0);
        column = resized(filled, Math.max(room, 2 * length));
        own[index] = column;
      }
      column[length] = value;
    }
    length++;
  }
  return new ColumnTable(
    form,
    row.map((none, index) => shortened(own[index] ?? like[index] ?? none, length)),
    length,
  );
}

/** The rows of columns that are there, without a copy. */
export function tableOver<T>(form: RowForm<T>, columns: readonly Column[]): Table<T> {
  return new ColumnTable(form, columns, columns[0]!.length);
}

/** Some rows of columns that are there, from one up to another. Views of the columns are made when asked for. */
export function sliceOver<T>(form: RowForm<T>, columns: readonly Column[], from: number, to: number): List<T> {
  return new ColumnTable(form, columns, to - from, from);
}

/** A class, for there are thousands of small ones, and methods on each would take more than their rows. */
class ColumnTable<T> implements Table<T> {
  readonly #form: RowForm<T>;
  /** With room for more rows. */
  #room: readonly Column[];
  /** Of its rows; not 0 in slices, which are not changed. */
  readonly #first: number;
  length: number;

  constructor(form: RowForm<T>, columns: readonly Column[], length: number, first = 0) {
    this.#form = form;
    this.#room = columns;
    this.#first = first;
    this.length = length;
  }

  get columns(): readonly Column[] {
    if (this.length === this.#room[0]!.length) return this.#room;
    return this.#room.map((column) => column.subarray(this.#first, this.#first + this.length));
  }

  push(item: T): void {
    if (this.length === this.#room[0]!.length)
      this.#room = this.#room.map((column) => resized(column, Math.max(firstRoom, this.length * 2)));
    this.#form.write(this.#room, this.length++, item);
  }

  /** Gives back what is not taken. */
  trim(): void {
    this.#room = this.#room.map((column) => shortened(column, this.length));
  }

  set(index: number, item: T): void {
    this.#form.write(this.#room, index, item);
  }

  at(index: number): T | undefined {
    const place = index < 0 ? this.length + index : index;
    return place >= 0 && place < this.length ? this.#form.read(this.#room, this.#first + place) : undefined;
  }

  [Symbol.iterator](): Iterator<T> {
    let index = 0;
    return {
      next: () =>
        index < this.length
          ? { done: false, value: this.#form.read(this.#room, this.#first + index++) }
          : { done: true, value: undefined },
    };
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

/** The first rows; a copy only where it takes much less. */
export function shortened<C extends Column>(column: C, length: number): C {
  if (column.length === length) return column;
  return (length > 0.75 * column.length ? column.subarray(0, length) : column.slice(0, length)) as C;
}

function resized(column: Column, room: number): Column {
  const larger = new (column.constructor as Float64ArrayConstructor)(room);
  larger.set(column);
  return larger;
}

/** Below 0 where the row at `a` comes before that at `b`. */
export type RowOrder = (columns: readonly Column[], a: number, b: number) => number;

const byFirst: RowOrder = ([first], a, b) => first![a]! - first![b]!;

/** The rows in order, of equals the earlier first; the same table where they are in order. */
export function sortedTable<T>(table: Table<T>, form: RowForm<T>, order = byFirst): Table<T> {
  const { columns, length } = table;
  let isSorted = true;
  for (let index = 1; index < length && isSorted; index++) isSorted = order(columns, index - 1, index) <= 0;
  if (isSorted) return table;
  // Arrays are sorted fast where most rows are in order, as they are in dumps; typed ones are not.
  const places = Array.from({ length }, (_, index) => index).sort((a, b) => order(columns, a, b));
  return tableOver(
    form,
    columns.map((column) => inOrder(column, places)),
  );
}

function inOrder(column: Column, places: readonly number[]): Column {
  const ordered = new (column.constructor as Float64ArrayConstructor)(places.length);
  for (let index = 0; index < places.length; index++) ordered[index] = column[places[index]!]!;
  return ordered;
}
