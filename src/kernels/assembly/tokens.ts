// Looks for given tokens: words of given values, and places where words of given kinds follow one another.
import { beginnings, chunkWords, keepLastKinds, shapeAt, shapePlace, shapeWords, tellKinds, useShapes } from './shapes';

/** As token-table.ts has them. */
const tokenBytes: usize = 24;
const signatureBytes: usize = 96;

/** Where the next hit is written: the offset in bytes and the index of the signature, 4 bytes each. */
let hit: usize = 0;
/** What offsets are told from. */
let origin: usize = 0;
let isWide: bool = true;

function use(hits: usize, start: usize, wide: bool): void {
  hit = hits;
  origin = start;
  isWide = wide;
}

/** Tells of a token for each of its signatures whose companions stand around it. */
function note(at: usize, token: usize): void {
  let signature = <usize>load<u32>(token, 16);
  for (
    const end = signature + <usize>load<u32>(token, 20) * signatureBytes;
    signature < end;
    signature += signatureBytes
  ) {
    if (!allStand(at, signature)) continue;
    store<u32>(hit, <u32>(at - origin));
    store<u32>(hit, load<u32>(signature), 4);
    hit += 8;
  }
}

function allStand(at: usize, signature: usize): bool {
  let companion = signature + 16;
  for (const end = companion + ((<usize>load<u32>(signature, 4)) << 4); companion < end; companion += 16) {
    const place = at + <usize>(<isize>load<i32>(companion));
    const word = load<u64>(companion, 8);
    if (isWide ? load<u64>(place) !== word : load<u32>(place) !== <u32>word) return false;
  }
  return true;
}

/** Tokens that are looked for. */
let tokens: usize = 0;
let tokensEnd: usize = 0;

/** Bytes held against all tokens at once: going through these for less costs more than comparing. */
const blockBytes: usize = 128;

function equal<Word>(left: v128, right: v128): v128 {
  return sizeof<Word>() === 8 ? i64x2.eq(left, right) : i32x4.eq(left, right);
}

function everywhere<Word>(at: usize): v128 {
  return sizeof<Word>() === 8 ? v128.load64_splat(at) : v128.load32_splat(at);
}

function holdsToken<Word>(block: usize): bool {
  const a = v128.load(block);
  const b = v128.load(block, 16);
  const c = v128.load(block, 32);
  const d = v128.load(block, 48);
  const e = v128.load(block, 64);
  const f = v128.load(block, 80);
  const g = v128.load(block, 96);
  const h = v128.load(block, 112);
  let found = i64x2.splat(0);
  for (let token = tokens; token < tokensEnd; token += tokenBytes) {
    const bits = everywhere<Word>(token);
    const mask = everywhere<Word>(token + 8);
    const first = v128.or(equal<Word>(v128.and(a, mask), bits), equal<Word>(v128.and(b, mask), bits));
    const second = v128.or(equal<Word>(v128.and(c, mask), bits), equal<Word>(v128.and(d, mask), bits));
    const third = v128.or(equal<Word>(v128.and(e, mask), bits), equal<Word>(v128.and(f, mask), bits));
    const fourth = v128.or(equal<Word>(v128.and(g, mask), bits), equal<Word>(v128.and(h, mask), bits));
    found = v128.or(found, v128.or(v128.or(first, second), v128.or(third, fourth)));
  }
  return v128.any_true(found);
}

/** Which of the words there are a token, one bit each. */
function tokensIn<Word>(at: usize): u32 {
  const words = v128.load(at);
  let found = i64x2.splat(0);
  for (let token = tokens; token < tokensEnd; token += tokenBytes)
    found = v128.or(found, equal<Word>(v128.and(words, everywhere<Word>(token + 8)), everywhere<Word>(token)));
  return sizeof<Word>() === 8 ? i64x2.bitmask(found) : i32x4.bitmask(found);
}

/** See TokenKernels.findValues. */
function findValues<Word>(at: usize, from: usize, bytes: usize, place: usize, count: usize, hits: usize): usize {
  tokens = place;
  tokensEnd = place + count * tokenBytes;
  const size: usize = sizeof<Word>();
  const end = at + bytes;
  for (let block = at + from; block < end; block += blockBytes) {
    if (!holdsToken<Word>(block)) continue;
    const stop = min(block + blockBytes, end);
    for (let vector = block; vector < stop; vector += 16) {
      for (let found = tokensIn<Word>(vector); found !== 0; found &= found - 1) {
        const word = vector + <usize>ctz(found) * size;
        if (word >= stop) break;
        const value = load<Word>(word);
        if (word > at && load<Word>(word - size) === value) continue;
        for (let token = tokens; token < tokensEnd; token += tokenBytes) {
          if (load<Word>(token) === (value & load<Word>(token, 8))) note(word, token);
        }
      }
    }
  }
  return (hit - hits) >>> 3;
}

/** For words of 8 bytes. */
export function findWide(
  at: usize,
  from: usize,
  bytes: usize,
  place: usize,
  count: usize,
  hits: usize,
  start: usize,
): usize {
  use(hits, start, true);
  return findValues<u64>(at, from, bytes, place, count, hits);
}

/** For words of 4 bytes. */
export function findNarrow(
  at: usize,
  from: usize,
  bytes: usize,
  place: usize,
  count: usize,
  hits: usize,
  start: usize,
): usize {
  use(hits, start, false);
  return findValues<u32>(at, from, bytes, place, count, hits);
}

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
  at: usize,
  bytes: usize,
  wordBytes: usize,
  place: usize,
  count: usize,
  hits: usize,
  start: usize,
  ranges: usize,
  rangeCount: usize,
  room: usize,
): usize {
  const wide = wordBytes === 8;
  use(hits, start, wide);
  tokens = place;
  tokensEnd = place + count * tokenBytes;
  useTokensByKind(room);
  useShapes(ranges, rangeCount, room);
  if (wide) findShapesOf<u64>(at, bytes);
  else findShapesOf<u32>(at, bytes);
  return (hit - hits) >>> 3;
}
