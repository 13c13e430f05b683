// Looks for given tokens: words of given values, and places where words of given kinds follow one another.
import { beginShapes, extendShape, shape, shapeWords } from './shapes';
import { kindOf, kindsOfWide, useRanges } from './word-kinds';

/** Where the next hit is written: the offset in bytes and the index of the key, 4 bytes each. */
let hit: usize = 0;

function note(offset: usize, key: usize): void {
  store<u32>(hit, <u32>offset);
  store<u32>(hit, <u32>key, 4);
  hit += 8;
}

/** See TokenKernels.findValues; for words of 8 bytes. */
export function findWide(at: usize, from: usize, bytes: usize, keys: usize, keyCount: usize, hits: usize): usize {
  hit = hits;
  const lastKey = keys + (keyCount << 4);
  for (let offset = from; offset < bytes; offset += 32) {
    const first = v128.load(at + offset);
    const second = v128.load(at + offset, 16);
    let found = i64x2.splat(0);
    for (let key = keys; key < lastKey; key += 16) {
      const bits = v128.load64_splat(key);
      const mask = v128.load64_splat(key, 8);
      found = v128.or(found, i64x2.eq(v128.and(first, mask), bits));
      found = v128.or(found, i64x2.eq(v128.and(second, mask), bits));
    }
    if (!v128.any_true(found)) continue;
    const end = min(offset + 32, bytes);
    for (let place = offset; place < end; place += 8) {
      const word = load<u64>(at + place);
      if (place >= 8 && load<u64>(at + place - 8) === word) continue;
      for (let key: usize = 0; key < keyCount; key++) {
        if (load<u64>(keys + (key << 4)) === (word & load<u64>(keys + (key << 4), 8))) note(place, key);
      }
    }
  }
  return (hit - hits) >>> 3;
}

/** See TokenKernels.findValues; for words of 4 bytes. */
export function findNarrow(at: usize, from: usize, bytes: usize, keys: usize, keyCount: usize, hits: usize): usize {
  hit = hits;
  const lastKey = keys + (keyCount << 4);
  for (let offset = from; offset < bytes; offset += 32) {
    const first = v128.load(at + offset);
    const second = v128.load(at + offset, 16);
    let found = i32x4.splat(0);
    for (let key = keys; key < lastKey; key += 16) {
      const bits = v128.load32_splat(key);
      const mask = v128.load32_splat(key, 8);
      found = v128.or(found, i32x4.eq(v128.and(first, mask), bits));
      found = v128.or(found, i32x4.eq(v128.and(second, mask), bits));
    }
    if (!v128.any_true(found)) continue;
    const end = min(offset + 32, bytes);
    for (let place = offset; place < end; place += 4) {
      const word = load<u32>(at + place);
      if (place >= 4 && load<u32>(at + place - 4) === word) continue;
      for (let key: usize = 0; key < keyCount; key++) {
        if (load<u32>(keys + (key << 4)) === (word & load<u32>(keys + (key << 4), 8))) note(place, key);
      }
    }
  }
  return (hit - hits) >>> 3;
}

/** Keys of the shapes that are looked for. */
let shapeKeys: usize = 0;
let shapeKeyCount: usize = 0;

/** Takes in the kind of the word that stands at `offset` and notes the shape that it ends. */
function endShape(kind: u32, offset: usize, reach: usize): void {
  if (!extendShape(kind) || offset <= reach) return;
  for (let key: usize = 0; key < shapeKeyCount; key++) {
    if (load<u32>(shapeKeys + (key << 4)) === shape) note(offset - reach, key);
  }
}

/** See TokenKernels.findShapes. */
export function findShapes(
  at: usize,
  bytes: usize,
  wordBytes: usize,
  keys: usize,
  keyCount: usize,
  hits: usize,
  ranges: usize,
  rangeCount: usize,
): usize {
  hit = hits;
  shapeKeys = keys;
  shapeKeyCount = keyCount;
  useRanges(ranges, rangeCount);
  beginShapes();
  const wide = wordBytes === 8;
  const reach = (shapeWords - 1) * wordBytes;
  for (let offset: usize = 0; offset < bytes; ) {
    if (!wide || offset + 16 > bytes) {
      endShape(kindOf(at + offset, wide), offset, reach);
      offset += wordBytes;
      continue;
    }
    const words = v128.load(at + offset);
    // Among zeros no run begins.
    if (shape !== 0 || v128.any_true(words)) {
      const kinds = kindsOfWide(words);
      endShape(i32x4.extract_lane(kinds, 0), offset, reach);
      endShape(i32x4.extract_lane(kinds, 2), offset + 8, reach);
    }
    offset += 16;
  }
  return (hit - hits) >>> 3;
}
