// Looks for given tokens: words of given values, and places where words of given kinds follow one another.
import { beginShapes, extendShape, shape, shapeWords } from './shapes';
import { kindOf, kindsOfWide, useRanges } from './word-kinds';

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

/** See TokenKernels.findValues; for words of 8 bytes. */
export function findWide(
  at: usize,
  from: usize,
  bytes: usize,
  tokens: usize,
  tokenCount: usize,
  hits: usize,
  start: usize,
): usize {
  use(hits, start, true);
  const end = tokens + tokenCount * tokenBytes;
  for (let offset = from; offset < bytes; offset += 32) {
    const first = v128.load(at + offset);
    const second = v128.load(at + offset, 16);
    let found = i64x2.splat(0);
    for (let token = tokens; token < end; token += tokenBytes) {
      const bits = v128.load64_splat(token);
      const mask = v128.load64_splat(token, 8);
      found = v128.or(found, i64x2.eq(v128.and(first, mask), bits));
      found = v128.or(found, i64x2.eq(v128.and(second, mask), bits));
    }
    if (!v128.any_true(found)) continue;
    const stop = min(offset + 32, bytes);
    for (let place = offset; place < stop; place += 8) {
      const word = load<u64>(at + place);
      if (place >= 8 && load<u64>(at + place - 8) === word) continue;
      for (let token = tokens; token < end; token += tokenBytes) {
        if (load<u64>(token) === (word & load<u64>(token, 8))) note(at + place, token);
      }
    }
  }
  return (hit - hits) >>> 3;
}

/** See TokenKernels.findValues; for words of 4 bytes. */
export function findNarrow(
  at: usize,
  from: usize,
  bytes: usize,
  tokens: usize,
  tokenCount: usize,
  hits: usize,
  start: usize,
): usize {
  use(hits, start, false);
  const end = tokens + tokenCount * tokenBytes;
  for (let offset = from; offset < bytes; offset += 32) {
    const first = v128.load(at + offset);
    const second = v128.load(at + offset, 16);
    let found = i32x4.splat(0);
    for (let token = tokens; token < end; token += tokenBytes) {
      const bits = v128.load32_splat(token);
      const mask = v128.load32_splat(token, 8);
      found = v128.or(found, i32x4.eq(v128.and(first, mask), bits));
      found = v128.or(found, i32x4.eq(v128.and(second, mask), bits));
    }
    if (!v128.any_true(found)) continue;
    const stop = min(offset + 32, bytes);
    for (let place = offset; place < stop; place += 4) {
      const word = load<u32>(at + place);
      if (place >= 4 && load<u32>(at + place - 4) === word) continue;
      for (let token = tokens; token < end; token += tokenBytes) {
        if (load<u32>(token) === (word & load<u32>(token, 8))) note(at + place, token);
      }
    }
  }
  return (hit - hits) >>> 3;
}

/** Shapes that are looked for. */
let shapes: usize = 0;
let shapesEnd: usize = 0;

/** Takes in the kind of the word there, and notes the shape that it ends; `first` is the first word that ends one. */
function endShape(kind: u32, at: usize, first: usize, reach: usize): void {
  if (!extendShape(kind) || at <= first) return;
  for (let token = shapes; token < shapesEnd; token += tokenBytes) {
    if (load<u32>(token) === shape) note(at - reach, token);
  }
}

/** See TokenKernels.findShapes. */
export function findShapes(
  at: usize,
  bytes: usize,
  wordBytes: usize,
  tokens: usize,
  tokenCount: usize,
  hits: usize,
  start: usize,
  ranges: usize,
  rangeCount: usize,
): usize {
  const wide = wordBytes === 8;
  use(hits, start, wide);
  shapes = tokens;
  shapesEnd = tokens + tokenCount * tokenBytes;
  useRanges(ranges, rangeCount);
  beginShapes();
  const reach = (shapeWords - 1) * wordBytes;
  const first = at + reach;
  for (const end = at + bytes; at < end; ) {
    if (!wide || at + 16 > end) {
      endShape(kindOf(at, wide), at, first, reach);
      at += wordBytes;
      continue;
    }
    const words = v128.load(at);
    // Among zeros no run begins.
    if (shape !== 0 || v128.any_true(words)) {
      const kinds = kindsOfWide(words);
      endShape(i32x4.extract_lane(kinds, 0), at, first, reach);
      endShape(i32x4.extract_lane(kinds, 2), at + 8, first, reach);
    }
    at += 16;
  }
  return (hit - hits) >>> 3;
}
