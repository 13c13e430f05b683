// Lists all tokens of a sample, those of one hash side by side: counted first, then written to where their hash begins.

import { beginnings, chunkWords, keepLastKinds, shapeAt, shapePlace, shapeWords, tellKinds, useShapes } from './shapes';
import { isTextual } from './word-kinds';

/** A bucket whose tokens are not listed. */
const unlisted: u32 = 0xffffffff;

let buckets: usize = 0;
/** Of a hash down to its bucket. */
let shift: u32 = 0;
/** 0 while tokens are counted. */
let keys: usize = 0;
let offsets: usize = 0;
/** What offsets are told from. */
let origin: usize = 0;

function use(bucketPlace: usize, bucketCount: usize, keyPlace: usize, offsetPlace: usize, start: usize): void {
  buckets = bucketPlace;
  shift = 32 - <u32>ctz(bucketCount);
  keys = keyPlace;
  offsets = offsetPlace;
  origin = start;
}

/** Multiplicative hashing: the highest bits of a product with a large odd number depend on all bits below them. */
function note(key: i64, at: usize): void {
  const hash = <u32>key * 0x9e3779b1 + <u32>(key >>> 32) * 0x85ebca6b;
  const bucket = buckets + ((<usize>(hash >>> shift)) << 2);
  const next = load<u32>(bucket);
  if (next === unlisted) return;
  store<u32>(bucket, next + 1);
  if (keys === 0) return;
  store<f64>(keys + ((<usize>next) << 3), <f64>key);
  store<u32>(offsets + ((<usize>next) << 2), <u32>(at - origin));
}

/** The word as far as its key holds it: see keptLow. */
function keptOf(word: i64): i64 {
  const high = word >> 32;
  return high >= -(1 << 20) && high < 1 << 20 ? word : word & ~0x3ff;
}

/** See ListKernels; tokens are values. */
export function listValues(
  at: usize,
  bytes: usize,
  wordBytes: usize,
  bucketPlace: usize,
  bucketCount: usize,
  keyPlace: usize,
  offsetPlace: usize,
  start: usize,
): void {
  use(bucketPlace, bucketCount, keyPlace, offsetPlace, start);
  const wide = wordBytes === 8;
  let before: i64 = 0;
  for (const end = at + bytes; at < end; at += wordBytes) {
    const key = wide ? keptOf(load<i64>(at)) : <i64>load<u32>(at);
    if (key !== before && key !== 0 && !isTextual(at, wide)) note(key, at);
    before = key;
  }
}

function listShapesOf<Word>(at: usize, bytes: usize): void {
  const size: usize = sizeof<Word>();
  const words = bytes / size;
  for (let done: usize = 0; done < words; done += chunkWords) {
    const count = min(chunkWords, words - done);
    tellKinds<Word>(at + done * size, count);
    // Of the first word nobody knows what is in front of it.
    for (let index: usize = done === 0 ? shapeWords + 1 : 1; index <= count; index += 16) {
      for (let found = beginnings(index, count); found !== 0; found &= found - 1) {
        const own = index + <usize>ctz(found);
        note(shapeAt(shapePlace(own)), at + (done + own - shapeWords) * size);
      }
    }
    keepLastKinds(count);
  }
}

/** See ListKernels; tokens are shapes. */
export function listShapes(
  at: usize,
  bytes: usize,
  wordBytes: usize,
  bucketPlace: usize,
  bucketCount: usize,
  keyPlace: usize,
  offsetPlace: usize,
  start: usize,
  ranges: usize,
  rangeCount: usize,
  room: usize,
): void {
  use(bucketPlace, bucketCount, keyPlace, offsetPlace, start);
  useShapes(ranges, rangeCount, room);
  if (wordBytes === 8) listShapesOf<u64>(at, bytes);
  else listShapesOf<u32>(at, bytes);
}

/** See ListKernels. */
export function openBuckets(bucketPlace: usize, bucketCount: usize, least: u32, ends: usize): usize {
  let listed: u32 = 0;
  const firstEnd = ends;
  for (const last = bucketPlace + (bucketCount << 2); bucketPlace < last; bucketPlace += 4) {
    const count = load<u32>(bucketPlace);
    if (count <= least) {
      store<u32>(bucketPlace, unlisted);
      continue;
    }
    store<u32>(bucketPlace, listed);
    listed += count;
    store<u32>(ends, listed);
    ends += 4;
  }
  return (ends - firstEnd) >>> 2;
}

/** See ListKernels. */
export function tellPure(keyPlace: usize, ends: usize, endCount: usize, into: usize): void {
  let at = keyPlace;
  for (const last = ends + (endCount << 2); ends < last; ends += 4) {
    const end = keyPlace + ((<usize>load<u32>(ends)) << 3);
    const key = load<u64>(at);
    while (at < end && load<u64>(at) === key) at += 8;
    store<u8>(into++, u8(at === end));
    at = end;
  }
}
