// Counts hits, and tells the addresses of a few of them.

/** As tally-table.ts has them. */
const tallyBytes: usize = 40;
const isShared: u32 = 1;
const isSeen: u32 = 2;
const isFirstCounted: u32 = 4;
const isLastCounted: u32 = 8;

/** Where the next address is told: the address, as a double, and the index of its signature, 8 bytes each. */
let next: usize = 0;

/** See TallyKernels.tallyHits. */
export function tallyHits(hits: usize, count: usize, origin: f64, tallies: usize, told: usize): usize {
  next = told;
  const start = <i64>origin;
  for (const end = hits + (count << 3); hits < end; hits += 8) {
    const signature = load<u32>(hits, 4);
    const tally = tallies + signature * tallyBytes;
    const address = start + <i64>load<u32>(hits);
    if ((load<u32>(tally, 4) & isShared) === 0) countOne(tally, signature, address);
    else countShared(tally, signature, <f64>address);
  }
  return (next - told) >>> 4;
}

function countOne(tally: usize, signature: u32, address: i64): void {
  store<u32>(tally, load<u32>(tally) + 1);
  if (<f64>hashOf(address) >= load<f64>(tally, 16)) return;
  store<f64>(next, <f64>address);
  store<u64>(next, <u64>signature, 8);
  next += 16;
}

function countShared(tally: usize, signature: u32, address: f64): void {
  let flags = load<u32>(tally, 4);
  const first = load<f64>(tally, 24);
  const last = load<f64>(tally, 32);
  const isBeside = (flags & isSeen) !== 0 && address - last === load<f64>(tally, 8);
  if (isBeside) {
    if ((flags & isLastCounted) === 0) {
      countOne(tally, signature, <i64>last);
      if (first === last) flags |= isFirstCounted;
    }
    countOne(tally, signature, <i64>address);
    flags |= isLastCounted;
  } else flags &= ~isLastCounted;
  if ((flags & isSeen) === 0) store<f64>(tally, address, 24);
  store<f64>(tally, address, 32);
  store<u32>(tally, flags | isSeen, 4);
}

/** See addressHash. */
function hashOf(address: i64): u32 {
  // Rounded toward zero.
  const high = (address + ((address >> 63) & 0xffffffff)) >> 32;
  let hash = <u32>(high * 0x9e3779b1) ^ <u32>address;
  hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
  return hash ^ (hash >>> 16);
}
