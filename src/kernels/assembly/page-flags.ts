// What a page holds and what became of it, as flags of model/page-map.ts, and where memory grew.

const sameFlag: u32 = 0x80000000;

const zeroFlag: u8 = 1;
const populatedFlag: u8 = 2;
const unchangedFlag: u8 = 4;
const changedFlag: u8 = 8;
const newFlag: u8 = 16;

/** See PageKernels.tellPages. */
export function tellPages(
  pageBytes: u32,
  pages: usize,
  facts: usize,
  captured: usize,
  capturedBefore: usize,
  isFirst: bool,
  flags: usize,
  sums: usize,
): void {
  let zero: u32 = 0;
  let populated: u32 = 0;
  let unchanged: u32 = 0;
  let fresh: u32 = 0;
  for (let page: usize = 0; page < pages; page++) {
    const held = load<u32>(captured + (page << 2));
    if (held === 0) {
      store<u8>(flags + page, 0);
      continue;
    }
    const fact = load<u32>(facts + (page << 2));
    const zeroBytes = fact & ~sameFlag;
    // Bytes that are not captured stand as zero in the window.
    zero += zeroBytes - (pageBytes - held);
    let flag = zeroFlag;
    if (zeroBytes < pageBytes) {
      flag = populatedFlag;
      populated += held;
    }
    if (!isFirst) {
      const earlier: u32 = capturedBefore === 0 ? 0 : load<u32>(capturedBefore + (page << 2));
      if (earlier === 0) {
        flag |= newFlag;
        fresh += held;
      } else if ((fact & sameFlag) !== 0 && earlier === held) {
        flag |= unchangedFlag;
        unchanged += held;
      } else flag |= changedFlag;
    }
    store<u8>(flags + page, flag);
  }
  store<u32>(sums, zero);
  store<u32>(sums, populated, 4);
  store<u32>(sums, unchanged, 8);
  store<u32>(sums, fresh, 12);
}

/** See PageKernels.grownRuns. */
export function grownRuns(first: usize, last: usize, pages: usize, runs: usize): usize {
  let next = runs;
  for (let page: usize = 0; page < pages; page++) {
    if (!hasGrown(first + page, last + page)) continue;
    store<u32>(next, <u32>page);
    do page++;
    while (page < pages && hasGrown(first + page, last + page));
    store<u32>(next, <u32>page, 4);
    next += 8;
  }
  return (next - runs) >>> 3;
}

function hasGrown(first: usize, last: usize): bool {
  return (load<u8>(last) & ~load<u8>(first) & populatedFlag) !== 0;
}
