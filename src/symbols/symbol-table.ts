// Symbols of one module, found by address. Names stay in the file until one is asked for.
import type { Address } from '../model/address.ts';

export interface FoundSymbol {
  /** As the file has it, mangled; untrusted text. */
  readonly name: string;
  /** Bytes from the symbol's start. */
  readonly offset: number;
}

export interface SymbolTable {
  readonly count: number;
  /** The symbol that holds the address. */
  at(address: Address): FoundSymbol | undefined;
}

/** Collects symbols; see buildSymbolTable. */
export interface SymbolList {
  readonly starts: number[];
  /** Bytes; 0 where it is not known. */
  readonly sizes: number[];
  /** What `readName` is called with. */
  readonly names: number[];
}

export interface SymbolTableOptions {
  readonly readName: (reference: number) => string | undefined;
  /** How far a symbol without a size reaches, in bytes, if no other symbol comes before. */
  readonly reach: number;
}

/** Entries read of one table; browsers, the largest programs there are, have about a million. */
export const mostSymbols = 1 << 20;

/** Smaller symbols may stand within a larger one; so many are looked back over. */
const mostLookedBack = 32;

export function newSymbolList(): SymbolList {
  return { starts: [], sizes: [], names: [] };
}

/** Sorts the list by address. */
export function buildSymbolTable(list: SymbolList, options: SymbolTableOptions): SymbolTable {
  const count = list.starts.length;
  const order = new Uint32Array(count).map((_, index) => index);
  // Of symbols that start together, the largest comes last, and so is looked at first.
  order.sort((a, b) => list.starts[a]! - list.starts[b]! || list.sizes[a]! - list.sizes[b]!);

  function lastAtOrBelow(address: Address): number {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (list.starts[order[middle]!]! <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  function at(address: Address): FoundSymbol | undefined {
    const last = lastAtOrBelow(address);
    if (last < 0) return undefined;
    const nearest = list.starts[order[last]!]!;
    for (let place = last; place >= 0 && place > last - mostLookedBack; place -= 1) {
      const index = order[place]!;
      const offset = address - list.starts[index]!;
      const size = list.sizes[index]!;
      const holds = size > 0 ? offset < size : list.starts[index] === nearest && offset < options.reach;
      if (!holds) continue;
      const name = options.readName(list.names[index]!);
      if (name !== undefined && isUsable(name)) return { name, offset };
    }
    return undefined;
  }

  return { count, at };
}

/** Symbols such as `$d` mark what kind of code or data follows; `.L` ones are of the assembler. */
function isUsable(name: string): boolean {
  return name !== '' && !name.startsWith('$') && !name.startsWith('.');
}
