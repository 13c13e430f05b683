// Shapes: the kinds of words that follow one another.
import type { PointerSize } from '../model/address.ts';
import { classifyWord32, classifyWord64, type PointerTest } from '../model/word-kind.ts';

export const shapeWords = 8;
const bitsPerKind = 3;
const shapeMask = 2 ** (shapeWords * bitsPerKind) - 1;

/**
 * Tells of the kinds of eight words in a row where a run of one kind begins, three bits each, with the byte offset of
 * the first. The first eight words only show what is in front.
 */
export function readShapes(
  words: Uint32Array,
  wordBytes: PointerSize,
  isPointer: PointerTest,
  visit: (shape: number, offset: number) => void,
): void {
  const step = wordBytes / 4;
  let shape = 0;
  let seen = 0;
  for (let index = 0; index + step <= words.length; index += step) {
    const kind =
      step === 2
        ? classifyWord64(words[index]!, words[index + 1]!, isPointer)
        : classifyWord32(words[index]!, isPointer);
    // Before it is shifted out, the oldest kind is the one in front of the eight: a run begins where they differ.
    const oldest = shape >>> ((shapeWords - 1) * bitsPerKind);
    shape = ((shape << bitsPerKind) | kind) & shapeMask;
    seen++;
    const first = shape >>> ((shapeWords - 1) * bitsPerKind);
    if (seen > shapeWords && first !== oldest) visit(shape, (index - (shapeWords - 1) * step) * 4);
  }
}
