// The plan: which captures are made. Drawn once from a seed, so that every run makes the same ones.
import {
  type Case,
  type Content,
  contents,
  type HealthyCase,
  type LeakAllocator,
  type LeakCase,
  type LeakSpec,
  type PoolKind,
} from './cases.ts';
import { deckOf, type Random, seededRandom } from './seeded-random.ts';

/** Sizes that programs like, and whose headers and classes lie on either side of a border; the rest is drawn. */
const roundSizes: readonly (readonly number[])[] = [
  [16, 24, 32, 40, 63],
  [64, 80, 100, 128, 255],
  [256, 400, 500, 512, 1000, 1023],
  [1024, 1500, 2048, 4000, 4095],
  [4096, 4144, 5000, 8192, 10_000, 16_383],
  [16_384, 20_000, 32_768, 40_000, 65_535],
  [65_536, 100_000, 131_072, 200_000, 262_143],
  [262_144, 300_000, 500_000, 1_000_000, 1_048_576],
];

interface Group {
  readonly allocator: LeakAllocator;
  readonly pool: PoolKind;
  readonly cases: number;
  readonly buckets: readonly number[];
  readonly contents: readonly Content[];
}

const allBuckets = [0, 1, 2, 3, 4, 5, 6, 7];
const smallBuckets = [0, 1, 2, 3];

/**
 * Cells of a bare pool are seen by what comes again in them. Zeros, random bytes, text and pointers in no order leave
 * nothing that could show where a cell ends, so that these are only asked for where cells have a header.
 */
const groups: readonly Group[] = [
  { allocator: 'glibc', pool: 'none', cases: 100, buckets: allBuckets, contents },
  { allocator: 'musl', pool: 'none', cases: 36, buckets: allBuckets, contents },
  { allocator: 'jemalloc', pool: 'none', cases: 42, buckets: allBuckets, contents },
  { allocator: 'tcmalloc', pool: 'none', cases: 42, buckets: allBuckets, contents },
  { allocator: 'mimalloc', pool: 'none', cases: 42, buckets: allBuckets, contents },
  { allocator: 'glibc', pool: 'bare', cases: 18, buckets: smallBuckets, contents: ['list', 'vtable'] },
  { allocator: 'glibc', pool: 'headed', cases: 24, buckets: smallBuckets, contents },
  { allocator: 'wine', pool: 'none', cases: 12, buckets: allBuckets, contents },
];

/** What the published figures are drawn from; any other number gives captures that no rule was made with. */
const publishedSeed = 20_240_501;

/** In random order, so that a run that is stopped early has seen some of everything. */
export function fullPlan(seed = publishedSeed): Case[] {
  const leaks = groups.flatMap((group, index) => leakCases(group, seededRandom(seed + index)));
  const all = [...leaks, ...healthyCases(seed)];
  const deal = deckOf(all, seededRandom(seed + 200));
  return all.map(deal);
}

interface Decks {
  readonly bucket: () => number;
  readonly content: () => Content;
  readonly noise: () => number;
  readonly threads: () => number;
  readonly leaks: () => number;
  readonly dumps: () => number;
}

function leakCases(group: Group, random: Random): LeakCase[] {
  const isWine = group.allocator === 'wine';
  const decks: Decks = {
    bucket: deckOf(group.buckets, random),
    content: deckOf(group.contents, random),
    noise: deckOf(isWine ? [0] : [0, 0, 20, 50, 75, 90], random),
    threads: deckOf(isWine ? [1] : [1, 1, 1, 1, 4], random),
    leaks: deckOf([1, 1, 1, 1, 2, 3], random),
    dumps: deckOf(isWine ? [3] : [2, 3, 3, 3, 3, 4, 5, 6], random),
  };
  const label = group.pool === 'none' ? group.allocator : `${group.pool}-pool`;
  return Array.from({ length: group.cases }, (_, index) =>
    leakCase({ group, id: `${label}-${String(index + 1).padStart(3, '0')}`, seed: index + 1, random, decks }),
  );
}

function leakCase(input: {
  readonly group: Group;
  readonly id: string;
  readonly seed: number;
  readonly random: Random;
  readonly decks: Decks;
}): LeakCase {
  const { group, random, decks } = input;
  const noise = decks.noise();
  const threads = decks.threads();
  const count = decks.leaks();
  const sizes = Array.from({ length: count }, () => sizeIn(decks.bucket(), random));
  const dumps = Math.min(decks.dumps(), Math.max(...sizes) > 200_000 ? 3 : 6);
  const shares = sharesOf(count, random);
  const leaks = sizes.map((request, index) => ({
    request,
    content: decks.content(),
    steps: stepsOf(request, { dumps, bytes: shares[index]! * random.whole(1_200_000, 3_000_000), random, group }),
  }));
  const { allocator, pool } = group;
  return { kind: 'leak', id: input.id, allocator, pool, threads, noise, seed: input.seed, dumps, leaks };
}

function sizeIn(bucket: number, random: Random): number {
  const round = roundSizes[bucket]!;
  if (random.next() < 0.5) return round[random.whole(0, round.length - 1)]!;
  const low = 16 * 4 ** bucket;
  return Math.min(1 << 20, Math.round(low * 4 ** random.next()));
}

/** Parts of the growth by leak, none below a quarter of an even part. */
function sharesOf(count: number, random: Random): number[] {
  const weights = Array.from({ length: count }, () => 0.5 + random.next());
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Steps differ by up to a quarter, as captures by hand do; at least eight blocks each. */
function stepsOf(
  request: number,
  context: { readonly dumps: number; readonly bytes: number; readonly random: Random; readonly group: Group },
): LeakSpec['steps'] {
  const usual = Math.min(40_000, Math.max(8, context.bytes / (request + 16)));
  if (context.group.allocator === 'wine')
    return new Array<number>(context.dumps).fill(Math.round(Math.min(usual, 20_000)));
  return Array.from({ length: context.dumps }, () =>
    Math.max(6, Math.round(usual * (0.75 + context.random.next() / 2))),
  );
}

const steadyModes = ['churn', 'queue', 'warm-up', 'filling', 'mixed', 'keeping', 'sessions'];

function healthyCases(seed: number): HealthyCase[] {
  const random = seededRandom(seed + 100);
  const dumps = deckOf([3, 4, 5], random);
  const allocators = ['glibc', 'musl', 'jemalloc', 'tcmalloc', 'mimalloc'] as const;
  const steady = allocators.flatMap((allocator) =>
    steadyModes.map((mode) => {
      // A cache that fills up has to be seen full, and a set that is built for two steps to be seen built.
      const fewest = mode === 'filling' || mode === 'mixed' || mode === 'warm-up' ? 4 : 3;
      const count = Math.max(fewest, dumps());
      return healthy('steady', mode, { allocator, dumps: count, seed: random.whole(1, 1e6) });
    }),
  );
  return [
    ...steady,
    ...['cache', 'buffers'].map((mode) => healthy('node', mode, {})),
    ...['cache', 'text', 'cycles'].map((mode) => healthy('python', mode, { dumps: 4 })),
    ...['cache', 'garbage'].map((mode) => healthy('java', mode, {})),
    healthy('nginx', 'serving', { dumps: 4 }),
    healthy('redis', 'overwriting', { dumps: 4 }),
    healthy('memcached', 'overwriting', { dumps: 4 }),
  ];
}

function healthy(program: HealthyCase['program'], mode: string, other: Partial<HealthyCase>): HealthyCase {
  const allocator = other.allocator ?? 'glibc';
  const id = program === 'steady' ? `steady-${mode}-${allocator}` : `${program}-${mode}`;
  return { kind: 'healthy', id, program, mode, allocator, seed: other.seed ?? 1, dumps: other.dumps ?? 3 };
}

/** Some twenty fast ones from all over the plan: single-threaded, small dumps, nothing that needs more than gcc and gdb. */
export function quickPlan(): Case[] {
  const fast = fullPlan().filter((one) =>
    one.kind === 'leak'
      ? one.allocator !== 'wine' && one.threads === 1 && one.dumps === 3
      : one.program === 'steady' && one.dumps <= 4,
  );
  const leaks = fast.filter((one) => one.kind === 'leak');
  const steady = fast.filter((one) => one.kind === 'healthy');
  return [...every(leaks, 15), ...every(steady, 6)];
}

function every<T>(items: readonly T[], count: number): T[] {
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]!);
}
