import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { cellAbsent, cellCode } from '../../model/cell-map.ts';
import { classifyWordAt, type PointerTest, pointsInto } from '../../model/word-kind.ts';

/** Kind of a word that no dump file holds. */
const notCapturedKind = 255;

/** Reads kinds of words (indexes in wordKinds): never values, so that nothing of the memory gets into a picture. */
export interface KindReader {
  readonly wordBytes: number;
  /** One entry per word from `address` on; notCapturedKind where the file holds none. */
  kinds(address: Address, wordCount: number): Uint8Array;
  /** Whether the process had memory there, in the file or not. */
  readonly isMapped: PointerTest;
}

/** Pages are captured or not as a whole; smaller steps over what is missing would only be slower. */
const missingStep = 4096;

export function kindReader(memory: Memory): KindReader {
  const { pointerSize, littleEndian } = memory.dump;
  const isPointer: PointerTest = pointsInto(memory.dump.regions);
  const rules = { pointerSize, littleEndian, isPointer };
  return {
    wordBytes: pointerSize,
    isMapped: isPointer,
    kinds(address, wordCount) {
      const result = new Uint8Array(wordCount).fill(notCapturedKind);
      const bytes = new Uint8Array(wordCount * pointerSize);
      const view = new DataView(bytes.buffer);
      for (let at = 0; at < bytes.length; ) {
        const filled = memory.read(address + at, bytes.subarray(at));
        const end = at + filled - (filled % pointerSize);
        for (let word = at; word < end; word += pointerSize) {
          result[word / pointerSize] = classifyWordAt(view, word, rules);
        }
        at = end === bytes.length ? end : nextPage(address, end, pointerSize);
      }
      return result;
    },
  };
}

/** Offset of the first whole word on the page after the one at `offset`. */
function nextPage(address: Address, offset: number, wordBytes: number): number {
  const page = (Math.floor((address + offset) / missingStep) + 1) * missingStep;
  return Math.ceil((page - address) / wordBytes) * wordBytes;
}

/** Cell code of a single word, by its kind. */
const codeOfKind = Uint8Array.from({ length: 256 }, (_, kind) =>
  kind === notCapturedKind ? cellAbsent : cellCode(kind, kind === 0 ? 0 : 1),
);

/** Words as cell codes, `perCell` in each. */
export function codesOfKinds(kinds: Uint8Array, perCell: number): Uint8Array {
  const codes = new Uint8Array(Math.ceil(kinds.length / perCell));
  for (let cell = 0; cell < codes.length; cell++) {
    codes[cell] = perCell === 1 ? codeOfKind[kinds[cell]!]! : codeOfKinds(kinds, cell * perCell, (cell + 1) * perCell);
  }
  return codes;
}

/** Several words as one cell code, as in the cell map: the commonest kind that is not zero, and how much is not. */
export function codeOfKinds(kinds: Uint8Array, from: number, to: number): number {
  const counts = [0, 0, 0, 0, 0];
  let captured = 0;
  for (let index = from; index < Math.min(to, kinds.length); index++) {
    const kind = kinds[index]!;
    if (kind === notCapturedKind) continue;
    counts[kind]!++;
    captured++;
  }
  if (captured === 0) return cellAbsent;
  let most = 1;
  for (let kind = 2; kind < counts.length; kind++) if (counts[kind]! > counts[most]!) most = kind;
  return cellCode(most, (captured - counts[0]!) / captured);
}
