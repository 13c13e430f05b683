// Tokens that are looked for, and the hits that are told: those around which the companions of a signature stand; and
// those that are taken over from the dump before.

/** As token-table.ts has them. */
export const tokenBytes: usize = 24;
const signatureBytes: usize = 96;
/** As step-table.ts has them. */
export const stepBytes: usize = 16;

/** Where the next hit is written: the offset in bytes and the index of the signature, 4 bytes each. */
let hit: usize = 0;
/** What offsets are told from. */
let origin: usize = 0;
/** The next hit of the dump before. */
let before: usize = 0;
let beforeEnd: usize = 0;
let isWide: bool = true;

/** Tokens that are looked for. */
export let tokens: usize = 0;
export let tokensEnd: usize = 0;

export function useTokens(place: usize, count: usize, wordBytes: usize): void {
  tokens = place;
  tokensEnd = place + count * tokenBytes;
  isWide = wordBytes === 8;
}

/** @param place where the first is written */
export function beginHits(place: usize, hitsBefore: usize, countBefore: usize): void {
  hit = place;
  before = hitsBefore;
  beforeEnd = hitsBefore + (countBefore << 3);
}

/**
 * Whether the stretch of a step is to be looked through; where not, its hits are taken over from the dump before.
 * @param reach bytes from where hits are told to what steps tell them by
 */
export function beginStep(step: usize, reach: u32): bool {
  const at = <usize>load<u32>(step);
  const offset = load<u32>(step, 8);
  origin = at - offset;
  if (at === 0) takeOver(offset - reach, offset + load<u32>(step, 4) - reach);
  return at !== 0;
}

/** Tells of the hits of the dump before at these offsets, behind those taken over before. */
function takeOver(start: u32, end: u32): void {
  while (before < beforeEnd && load<u32>(before) < start) before += 8;
  for (; before < beforeEnd && load<u32>(before) < end; before += 8, hit += 8) store<u64>(hit, load<u64>(before));
}

/** @param place where the first was written */
export function hitsSince(place: usize): usize {
  return (hit - place) >>> 3;
}

/** Tells of a token for each of its signatures whose companions stand around it. */
export function note(at: usize, token: usize): void {
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
