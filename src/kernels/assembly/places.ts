// Distances between places of tokens in a sample. Places are offsets, ascending; only those in one window have a distance.

/** The offset where the window at hand begins, and the one behind it. */
let from: u32 = 0;
let to: u32 = 0;
/** Of the next window. */
let nextWindow: usize = 0;

function useWindows(windows: usize): void {
  to = 0;
  nextWindow = windows;
}

/** Goes on to the window that holds an offset. */
function enter(offset: u32): void {
  while (offset >= to) {
    from = load<u32>(nextWindow);
    to = load<u32>(nextWindow, 4);
    nextWindow += 8;
  }
}

/** Distance to a place from the one `back` bytes before it in the list; 0 where that is in another window. */
function gapAt(at: usize, back: usize): u32 {
  const offset = load<u32>(at);
  const before = load<u32>(at - back);
  enter(offset);
  return before < from ? 0 : offset - before;
}

/** How often each distance came, 4 bytes for every 4 of the distance. */
let counts: usize = 0;
let commonest: u32 = 0;
let most: u32 = 0;
let all: u32 = 0;

function useCounts(place: usize): void {
  counts = place;
  commonest = 0;
  most = 0;
  all = 0;
}

function count(distance: u32): void {
  const place = counts + distance;
  const seen = load<u32>(place) + 1;
  store<u32>(place, seen);
  all++;
  if (seen < most || (seen === most && distance > commonest)) return;
  commonest = distance;
  most = seen;
}

function tell(told: usize): void {
  store<u32>(told, commonest);
  store<u32>(told, most, 4);
  store<u32>(told, all, 8);
}

/** Counts the distances, or, once they are counted, sets their counts to zero. */
function eachGap(places: usize, length: usize, lag: usize, windows: usize, isClearing: bool): void {
  useWindows(windows);
  const back = lag << 2;
  const end = places + (length << 2);
  for (let at = places + back; at < end; at += 4) {
    const gap = gapAt(at, back);
    if (gap === 0) continue;
    if (isClearing) store<u32>(counts + gap, 0);
    else count(gap);
  }
}

/** See PlaceKernels. */
export function commonestGap(
  places: usize,
  length: usize,
  lag: usize,
  windows: usize,
  countPlace: usize,
  told: usize,
): void {
  useCounts(countPlace);
  eachGap(places, length, lag, windows, false);
  eachGap(places, length, lag, windows, true);
  tell(told);
}

/** See PlaceKernels. */
export function commonestBehind(
  places: usize,
  length: usize,
  others: usize,
  otherLength: usize,
  below: u32,
  windows: usize,
  countPlace: usize,
  told: usize,
): void {
  useWindows(windows);
  useCounts(countPlace);
  const lastOther = others + (otherLength << 2);
  let farthest: u32 = 0;
  let other = others;
  for (const end = places + (length << 2); places < end; places += 4) {
    const offset = load<u32>(places);
    while (other < lastOther && load<u32>(other) <= offset) other += 4;
    if (other === others) continue;
    const before = load<u32>(other - 4);
    enter(offset);
    const distance = offset - before;
    if (before < from || distance >= below) continue;
    count(distance);
    farthest = max(farthest, distance);
  }
  memory.fill(counts, 0, farthest + 4);
  tell(told);
}

/** See PlaceKernels. */
export function countMultiples(places: usize, length: usize, lag: usize, distance: u32, windows: usize): u32 {
  useWindows(windows);
  const back = lag << 2;
  const end = places + (length << 2);
  let found: u32 = 0;
  for (let at = places + back; at < end; at += 4) {
    const gap = gapAt(at, back);
    // Most are just that: a division takes far longer.
    if (gap === distance || (gap !== 0 && gap % distance === 0)) found++;
  }
  return found;
}

/** See PlaceKernels. */
export function listSteps(places: usize, length: usize, distance: u32, windows: usize, into: usize): usize {
  useWindows(windows);
  const end = places + (length << 2);
  const first = into;
  for (let at = places + 4; at < end; at += 4) {
    if (gapAt(at, 4) !== distance) continue;
    store<u32>(into, load<u32>(at));
    into += 4;
  }
  return (into - first) >>> 2;
}

/** See PlaceKernels. */
export function countBetween(
  inner: usize,
  innerLength: usize,
  places: usize,
  length: usize,
  distance: u32,
  windows: usize,
  countPlace: usize,
  told: usize,
): void {
  useWindows(windows);
  useCounts(countPlace);
  const lastInner = inner + (innerLength << 2);
  let low = inner;
  let high = inner;
  let gaps: u32 = 0;
  let between: u32 = 0;
  let largest: u32 = 0;
  const end = places + (length << 2);
  for (let at = places + 4; at < end; at += 4) {
    if (gapAt(at, 4) !== distance) continue;
    while (low < lastInner && load<u32>(low) < load<u32>(at - 4)) low += 4;
    high = max(low, high);
    while (high < lastInner && load<u32>(high) < load<u32>(at)) high += 4;
    gaps++;
    // Four times as many as there are: as distances are counted.
    const bytes = <u32>(high - low);
    between += bytes >>> 2;
    if (bytes <= 4) continue;
    count(bytes);
    largest = max(largest, bytes);
  }
  memory.fill(counts, 0, largest + 4);
  store<u32>(told, commonest >>> 2);
  store<u32>(told, most, 4);
  store<u32>(told, gaps, 8);
  store<u32>(told, between, 12);
}

/** See PlaceKernels. */
export function countBeside(
  places: usize,
  length: usize,
  others: usize,
  otherLength: usize,
  distance: i32,
  windows: usize,
): u32 {
  useWindows(windows);
  const lastOther = others + (otherLength << 2);
  let found: u32 = 0;
  for (const end = places + (length << 2); places < end; places += 4) {
    const offset = load<u32>(places);
    const wanted = <i32>offset + distance;
    while (others < lastOther && <i32>load<u32>(others) < wanted) others += 4;
    if (others === lastOther) break;
    if (<i32>load<u32>(others) !== wanted) continue;
    enter(offset);
    if (wanted >= <i32>from && wanted < <i32>to) found++;
  }
  return found;
}
