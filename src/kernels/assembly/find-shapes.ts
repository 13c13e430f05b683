// Looks for places where words of given kinds follow one another.
import { beginHits, beginStep, hitsSince, note, stepBytes, tokenBytes, tokens, tokensEnd, useTokens } from './hits';
import { beginnings, chunkWords, keepLastKinds, shapeAt, shapePlace, shapeWords, tellKinds, useShapes } from './shapes';

/** By place in a shape and by kind, the tokens that have it there: one of eight bits for each, which some may share. */
let first: v128 = i8x16.splat(0);
let second: v128 = i8x16.splat(0);
let third: v128 = i8x16.splat(0);
let fourth: v128 = i8x16.splat(0);
let fifth: v128 = i8x16.splat(0);
let sixth: v128 = i8x16.splat(0);
let seventh: v128 = i8x16.splat(0);
let eighth: v128 = i8x16.splat(0);

/** @param table room for a vector */
function tokensByKind(position: u32, table: usize): v128 {
  v128.store(table, i8x16.splat(0));
  let bit: u8 = 1;
  for (let token = tokens; token < tokensEnd; token += tokenBytes) {
    const kind = <usize>((load<u32>(token) >>> (21 - 3 * position)) & 7);
    store<u8>(table + kind, load<u8>(table + kind) | bit);
    bit = bit === 128 ? 1 : bit << 1;
  }
  return v128.load(table);
}

function useTokensByKind(table: usize): void {
  first = tokensByKind(0, table);
  second = tokensByKind(1, table);
  third = tokensByKind(2, table);
  fourth = tokensByKind(3, table);
  fifth = tokensByKind(4, table);
  sixth = tokensByKind(5, table);
  seventh = tokensByKind(6, table);
  eighth = tokensByKind(7, table);
}

/** Of 16 shapes one behind the other, those that may be a token, one bit each. */
function likelyShapes(place: usize): u32 {
  const one = v128.and(i8x16.swizzle(first, v128.load(place)), i8x16.swizzle(second, v128.load(place, 1)));
  const two = v128.and(i8x16.swizzle(third, v128.load(place, 2)), i8x16.swizzle(fourth, v128.load(place, 3)));
  const three = v128.and(i8x16.swizzle(fifth, v128.load(place, 4)), i8x16.swizzle(sixth, v128.load(place, 5)));
  const four = v128.and(i8x16.swizzle(seventh, v128.load(place, 6)), i8x16.swizzle(eighth, v128.load(place, 7)));
  const all = v128.and(v128.and(one, two), v128.and(three, four));
  return ~i8x16.bitmask(i8x16.eq(all, i8x16.splat(0))) & 0xffff;
}

function findShapesOf<Word>(at: usize, bytes: usize): void {
  const size: usize = sizeof<Word>();
  const words = bytes / size;
  for (let done: usize = 0; done < words; done += chunkWords) {
    const count = min(chunkWords, words - done);
    tellKinds<Word>(at + done * size, count);
    // Of the first word nobody knows what is in front of it.
    for (let index: usize = done === 0 ? shapeWords + 1 : 1; index <= count; index += 16) {
      let found = beginnings(index, count);
      if (found !== 0) found &= likelyShapes(shapePlace(index));
      for (; found !== 0; found &= found - 1) {
        const own = index + <usize>ctz(found);
        const shape = shapeAt(shapePlace(own));
        for (let token = tokens; token < tokensEnd; token += tokenBytes) {
          if (load<u32>(token) === shape) note(at + (done + own - shapeWords) * size, token);
        }
      }
    }
    keepLastKinds(count);
  }
}

/** See TokenKernels.findShapes. */
export function findShapes(
  step: usize,
  stepCount: usize,
  wordBytes: usize,
  place: usize,
  count: usize,
  before: usize,
  beforeCount: usize,
  hits: usize,
  ranges: usize,
  rangeCount: usize,
  room: usize,
): usize {
  useTokens(place, count, wordBytes);
  beginHits(hits, before, beforeCount);
  useTokensByKind(room);
  useShapes(ranges, rangeCount, room);
  // Hits are told by the first word of a shape, steps by its last.
  const reach = <u32>((shapeWords - 1) * wordBytes);
  for (const end = step + stepCount * stepBytes; step < end; step += stepBytes) {
    if (!beginStep(step, reach)) continue;
    const at = <usize>load<u32>(step);
    const bytes = <usize>load<u32>(step, 4);
    if (wordBytes === 8) findShapesOf<u64>(at, bytes);
    else findShapesOf<u32>(at, bytes);
  }
  return hitsSince(hits);
}
