// The kernels in WebAssembly SIMD, compiled from assembly/ by `npm run kernels`.
import { kernelModule } from './kernel-module.ts';
import {
  type CommonestDistance,
  type Kernels,
  type PageWindow,
  type Place,
  reservedBytes,
  type Table,
  type TokenBuckets,
  type WordRules,
  type WordSteps,
  type WordStretch,
} from './kernels.ts';

/** What is used of WebAssembly; Node's types leave it out. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  readonly Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

/** As assembly/ declares them. */
interface Exports {
  comparePages(...places: number[]): void;
  tellPages(...places: number[]): void;
  grownRuns(...places: number[]): number;
  runsOf(...places: number[]): number;
  kindCounts(...places: number[]): void;
  kindCells(...places: number[]): void;
  findValues(...places: number[]): number;
  findShapes(...places: number[]): number;
  tallyHits(...places: number[]): number;
  listValues(...places: number[]): void;
  listShapes(...places: number[]): void;
  openBuckets(...places: number[]): number;
  tellPure(...places: number[]): void;
  commonestGap(...places: number[]): void;
  commonestBehind(...places: number[]): void;
  countMultiples(...places: number[]): number;
  listSteps(...places: number[]): number;
  countBetween(...places: number[]): void;
  countBeside(...places: number[]): number;
}

const pageBytes = 65536;
/** What the kernels of cells keep behind all that is asked for: a vector, and a byte for each word of a page. */
const cellScratch = 16 + 65536 / 4 + 16;
/** And behind it those of shapes: a vector, and kinds, of which a chunk has 2,048; see useShapes in assembly/shapes.ts. */
const shapeScratch = 16 + 8 + 2048 + 32;

/** Null where it does not run; undefined as long as nobody asked. */
let compiled: object | null | undefined;

function compile(api: WebAssemblyApi): object | null {
  const binary = Buffer.from(kernelModule, 'base64');
  return api.validate(binary) ? new api.Module(binary) : null;
}

/** Undefined where the processor or the run time has no WebAssembly SIMD, or there is no address space for its memory. */
export function simdKernels(bytes: number): Kernels | undefined {
  const api = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;
  if (api === undefined) return undefined;
  if (compiled === undefined) compiled = compile(api);
  if (compiled === null) return undefined;
  const scratch: Place = Math.ceil((bytes + reservedBytes) / 16) * 16;
  const size = Math.ceil((scratch + cellScratch + shapeScratch) / pageBytes);
  const shapes: Place = scratch + cellScratch;
  const memory = newMemory(api, size);
  if (memory === undefined) return undefined;
  const { exports } = new api.Instance(compiled, { env: { memory } });
  const { comparePages, tellPages, grownRuns, runsOf, kindCounts, kindCells } = exports as Exports;
  const { findValues, findShapes, tallyHits, listValues, listShapes, openBuckets, tellPure } = exports as Exports;
  const { commonestGap, commonestBehind, countMultiples, listSteps, countBetween, countBeside } = exports as Exports;
  const where = ({ current, pageBytes, pages, facts }: PageWindow) => [current, pageBytes, pages, facts] as const;
  const how = ({ ranges, isWide, isBigEndian }: WordRules) =>
    [ranges.place, ranges.count, Number(isWide), Number(isBigEndian)] as const;
  const list = ({ place, bytes, wordBytes }: WordStretch, { buckets, keys, offsets, origin }: TokenBuckets) =>
    [place, bytes, wordBytes, buckets.place, buckets.count, keys, offsets, origin] as const;
  const all = ({ place, count }: Table) => [place, count] as const;
  const told = new Uint32Array(memory.buffer, scratch, 4);
  const commonest = (): CommonestDistance => ({ distance: told[0]!, count: told[1]!, all: told[2]! });
  const through = ({ table, wordBytes }: WordSteps, tokens: Table, before: Table) =>
    [table.place, table.count, wordBytes, tokens.place, tokens.count, before.place, before.count] as const;
  return {
    buffer: memory.buffer,
    comparePages({ current, pageBytes, pages, facts }, before) {
      comparePages(current, before?.current ?? 0, pageBytes, pages, facts, before?.facts ?? 0);
    },
    tellPages({ pageBytes, pages, facts }, { captured, flags }, before, sums) {
      tellPages(pageBytes, pages, facts, captured, before?.captured ?? 0, Number(before === undefined), flags, sums);
    },
    grownRuns: (first, last, pages, runs) => grownRuns(first, last, pages, runs),
    runsOf: ({ mask, wanted, least }, { flags, count, address, pageBytes }, runs) =>
      runsOf(flags, count, mask, wanted, least, address, pageBytes, runs),
    kindCounts: (window, rules, counts, before) => kindCounts(...where(window), counts, before, scratch, ...how(rules)),
    kindCells: (window, rules, cellBytes, codes, before) =>
      kindCells(...where(window), codes, before, cellBytes, scratch, ...how(rules)),
    findValues: (steps, tokens, before, hits) => findValues(...through(steps, tokens, before), hits),
    findShapes: (steps, tokens, ranges, before, hits) =>
      findShapes(...through(steps, tokens, before), hits, ranges.place, ranges.count, shapes),
    tallyHits: (hits, origin, tallies, told) => tallyHits(hits.place, hits.count, origin, tallies, told),
    listValues: (stretch, into) => listValues(...list(stretch, into)),
    listShapes: (stretch, into, ranges) => listShapes(...list(stretch, into), ranges.place, ranges.count, shapes),
    openBuckets: (buckets, least, ends) => openBuckets(buckets.place, buckets.count, least, ends),
    tellPure: (keys, ends, into) => tellPure(keys, ...all(ends), into),
    commonestGap(places, lag, { windows, counts }) {
      commonestGap(...all(places), lag, windows.place, counts, scratch);
      return commonest();
    },
    commonestBehind(places, others, below, { windows, counts }) {
      commonestBehind(...all(places), ...all(others), below, windows.place, counts, scratch);
      return commonest();
    },
    countMultiples: (places, lag, distance, { windows }) =>
      countMultiples(...all(places), lag, distance, windows.place),
    listSteps: (places, distance, { windows }, into) => listSteps(...all(places), distance, windows.place, into),
    countBetween(inner, places, distance, { windows, counts }) {
      countBetween(...all(inner), ...all(places), distance, windows.place, counts, scratch);
      return { commonest: told[0]!, count: told[1]!, gaps: told[2]!, between: told[3]! };
    },
    countBeside: (places, others, distance, { windows }) =>
      countBeside(...all(places), ...all(others), distance, windows.place),
  };
}

/** Undefined under `ulimit -v`: far more address space is reserved than is used. */
function newMemory(api: WebAssemblyApi, pages: number) {
  try {
    return new api.Memory({ initial: pages, maximum: pages });
  } catch {
    return undefined;
  }
}
