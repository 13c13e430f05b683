// What a page holds and what became of it, as flags of model/page-map.ts, and where pages of one kind follow one another.

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

/** See PageKernels.runsOf. */
export function runsOf(
  flags: usize,
  pages: usize,
  mask: u32,
  wanted: u32,
  least: usize,
  address: f64,
  pageBytes: f64,
  runs: usize,
): usize {
  let next = runs;
  const end = flags + pages;
  // Any run that is long enough holds one of the pages looked at.
  for (let page = flags + least - 1; page < end; page += least) {
    if (!isOf(page, mask, wanted)) continue;
    let first = page;
    while (first > flags && isOf(first - 1, mask, wanted)) first--;
    do page++;
    while (page < end && isOf(page, mask, wanted));
    if (page - first < least) continue;
    store<f64>(next, address + <f64>(first - flags) * pageBytes);
    store<f64>(next, address + <f64>(page - flags) * pageBytes, 8);
    next += 16;
  }
  return (next - runs) >>> 4;
}

function isOf(page: usize, mask: u32, wanted: u32): bool {
  const flags = <u32>load<u8>(page);
  return flags === 0 || (flags & mask) === wanted;
}
