// The type of a class's objects, told from what their first words point to.
import type { Address, PointerSize } from '../model/address.ts';
import type { Symbols } from '../symbols/open-symbols.ts';

export interface BlockWords {
  /** By column: the value that nearly all blocks share; NaN where they share none. */
  readonly shared: ArrayLike<number>;
  readonly pointerSize: PointerSize;
  /** Bytes at the block's start that are the allocator's. */
  readonly headerBytes: number;
  /** False where blocks were seen by their stride alone, and may begin anywhere in what is called a block. */
  readonly startsAreKnown: boolean;
}

/** Words in which a type is looked for. */
const mostWords = 64;
/** Before a CPython object's type stand its reference count and, if it is collected, two words of the collector. */
const mostPythonWords = 6;

/** Name of the type; null where it cannot be told. Untrusted text. */
export function typeOfBlocks(words: BlockWords, symbols: Symbols): string | null {
  return cppType(words, symbols) ?? pythonType(words, symbols) ?? null;
}

/** A C++ object with virtual functions begins with a pointer to its vtable. Its members may be such objects too. */
function cppType(words: BlockWords, symbols: Symbols): string | undefined {
  const first = Math.ceil(words.headerBytes / words.pointerSize);
  if (words.startsAreKnown) return primaryType(words.shared[first], symbols);
  const count = Math.min(words.shared.length, mostWords);
  const types = Array.from({ length: count }, (_, column) => primaryType(words.shared[column], symbols));
  const known = types.filter((type) => type !== undefined);
  return known.length === 1 ? known[0] : undefined;
}

function primaryType(value: Address | undefined, symbols: Symbols): string | undefined {
  if (!value || Number.isNaN(value)) return undefined;
  const vtable = symbols.vtableAt(value);
  return vtable?.isPrimary ? vtable.name : undefined;
}

function pythonType(words: BlockWords, symbols: Symbols): string | undefined {
  const first = Math.ceil(words.headerBytes / words.pointerSize);
  const end = words.startsAreKnown ? first + mostPythonWords : mostWords;
  for (let column = first; column < Math.min(end, words.shared.length); column += 1) {
    const value = words.shared[column]!;
    const name = Number.isNaN(value) || value === 0 ? undefined : symbols.pythonTypeAt(value);
    if (name !== undefined) return name;
  }
  return undefined;
}
