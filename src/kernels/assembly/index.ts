// The hot loops in WebAssembly SIMD. What they do is written down in TypeScript beside this folder (scalar-*.ts).
export { kindCells, kindCounts } from './cells';
export { findShapes } from './find-shapes';
export { findValues } from './find-values';
export { grownRuns, runsOf, tellPages } from './page-flags';
export { comparePages } from './pages';
export { commonestBehind, commonestGap, countBeside, countBetween, countMultiples, listSteps } from './places';
export { tallyHits } from './tallies';
export { listShapes, listValues, openBuckets, tellPure } from './token-lists';
