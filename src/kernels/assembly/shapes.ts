// Shapes: the kinds of eight words in a row, three bits each, the first one highest; told where a run of one kind begins.
import { blockWords, isZeroBlock, kindsOfBlock, useWords } from './word-blocks';

export const shapeWords: usize = 8;
/** Words whose kinds are told at a time: they stay in the processor's nearest cache. */
export const chunkWords: usize = 2048;

/** Kinds of the words of a chunk, a byte each, behind those of the eight words before it. */
let kinds: usize = 0;
let scratch: usize = 0;

/**
 * @param place room for a vector, which is scratch, and for the kinds of eight words, of a chunk, and of 32 more, that
 * are read but do not matter
 */
export function useShapes(ranges: usize, rangeCount: usize, place: usize): void {
  useWords(ranges, rangeCount, false);
  scratch = place;
  kinds = place + 16;
}

/** Tells the kinds of so many words, a chunk at most. */
export function tellKinds<Word>(at: usize, words: usize): void {
  const end = at + words * sizeof<Word>();
  for (let target = kinds + shapeWords; at < end; at += blockWords * sizeof<Word>(), target += blockWords)
    v128.store(target, isZeroBlock<Word>(at) ? i8x16.splat(0) : kindsOfBlock<Word>(at, scratch));
}

/** To be called before the next chunk is told. */
export function keepLastKinds(words: usize): void {
  store<u64>(kinds, load<u64>(kinds + words));
}

/** Place of the kind of the first word of a shape, of those that end in the chunk. */
export function shapePlace(index: usize): usize {
  return kinds + index;
}

/** Of 16 shapes one behind the other, those with which a run begins, one bit each; of those up to the last index. */
export function beginnings(index: usize, last: usize): u32 {
  const place = kinds + index;
  const begins = ~i8x16.bitmask(i8x16.eq(v128.load(place), v128.load(place - 1))) & 0xffff;
  return last - index >= 15 ? begins : begins & ((2 << (<u32>(last - index))) - 1);
}

/** The shape whose first kind stands there. */
export function shapeAt(place: usize): u32 {
  let bits = bswap(load<u64>(place));
  bits = (bits & 0x0007000700070007) | ((bits >>> 5) & 0x0038003800380038);
  bits = (bits & 0x0000003f0000003f) | ((bits >>> 10) & 0x00000fc000000fc0);
  return <u32>((bits & 0xfff) | ((bits >>> 20) & 0xfff000));
}
