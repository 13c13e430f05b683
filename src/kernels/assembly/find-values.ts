// Looks for words of given values.
import { beginHits, beginStep, hitsSince, note, stepBytes, tokenBytes, tokens, tokensEnd, useTokens } from './hits';

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

function findValuesOf<Word>(at: usize, from: usize, bytes: usize): void {
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
}

/** See TokenKernels.findValues. */
export function findValues(
  step: usize,
  stepCount: usize,
  wordBytes: usize,
  place: usize,
  count: usize,
  before: usize,
  beforeCount: usize,
  hits: usize,
): usize {
  useTokens(place, count, wordBytes);
  beginHits(hits, before, beforeCount);
  for (const end = step + stepCount * stepBytes; step < end; step += stepBytes) {
    if (!beginStep(step, 0)) continue;
    const at = <usize>load<u32>(step);
    const bytes = <usize>load<u32>(step, 4);
    if (wordBytes === 8) findValuesOf<u64>(at, load<u32>(step, 12), bytes);
    else findValuesOf<u32>(at, load<u32>(step, 12), bytes);
  }
  return hitsSince(hits);
}
