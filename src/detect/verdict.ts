// Leak, growth, none or inconclusive: the decision, from what was measured. The rules stand in docs/detection.md.
import type { Trend, VerdictStatus } from '../model/leak-report.ts';
import { printBytes, printCount, printExactBytes, printShare } from '../text/print-quantity.ts';
import type { Candidate } from './candidates.ts';
import { growInProportion } from './proportion.ts';
import { isOfSpread } from './size-spread.ts';

export interface ProcessFacts {
  readonly dumpCount: number;
  /** Per dump, the run of the program that it is of. */
  readonly runOf: readonly number[];
  /** Of the whole process, one per dump. */
  readonly committedBytes: readonly number[];
  readonly populatedBytes: readonly number[];
  /** Per dump: captured share of the writable memory, 0 to 1; 0 where the dump does not say how much there was. */
  readonly capturedShares: readonly number[];
  /** By step: bytes of writable memory that the earlier dump left out and the later one holds, and the other way round. */
  readonly revealedBytes: readonly number[];
  readonly hiddenBytes: readonly number[];
  /** Bytes of all memory that the first dump left out and the last one holds. */
  readonly revealedInAll: number;
  /** Whether the first dump does not say what it leaves out. */
  readonly isFirstPartial: boolean;
  /** Per dump, ids of allocators whose heaps were found in others only. */
  readonly missingAllocators: readonly (readonly string[])[];
  /** Sum over the growing tracks. */
  readonly totalGrowth: number;
  readonly trend: Trend;
  /** Name of the garbage-collecting runtime the process runs; null when it runs none that is known. */
  readonly collector: string | null;
  /** Live bytes of walked heaps, one per dump; null when none was walked. */
  readonly liveBytes: readonly number[] | null;
  readonly freeBytes: readonly number[] | null;
  /** Standard deviation of the live bytes by coming and going alone; see churnBytes. */
  readonly churnBytes: number;
  /** Growth in blocks larger than any that went; see outgrownBytes. */
  readonly outgrownBytes: number;
  /** Per dump; 0 where a dump names none. */
  readonly threadCounts: readonly number[];
  /** Of the stacks of threads, bytes. */
  readonly stackGrowth: number;
}

/** Why the verdict is what it is. Codes stand in docs/report.md. */
interface Reason {
  readonly code: string;
  readonly text: string;
}

export interface Decision {
  readonly status: VerdictStatus;
  readonly suspects: readonly Candidate[];
  readonly reasons: readonly Reason[];
}

/**
 * Growth below this is housekeeping: glibc extends its heap by 128 KiB at a time (M_TOP_PAD), a Windows heap commits
 * in steps of 64 KiB, so that a process's size moves by that much when nothing grows.
 */
const smallestGrowth = 128 << 10;
/** A process's size also breathes with what it works on; growth below this share of its memory is not material. */
const smallestGrowthShare = 0.01;
/** Growth within so many standard deviations of what churn alone does is chance. */
const churnDeviations = 3;
/** A class must explain this much of the growth to be its cause on its own. */
const materialShare = 0.1;
/** What belongs to a material class, or is left over beside it, may be small, but is nothing below this share. */
const smallestPart = 0.01;
/** That the other stride of a suspect's requests grows as well is to be expected: it must just not be chance. */
const linkedDeviations = 2;
/** Below this much of its writable memory captured, a dump does not show what grows. */
const leastCaptured = 0.25;

export function decide(candidates: readonly Candidate[], facts: ProcessFacts): Decision {
  const grows = growsMaterially(facts);
  // A walk is exact, so that a small leak shows in a large process; a stride alone needs the process to grow.
  const clear = candidates.filter(
    (one) =>
      one.test?.standsClear &&
      one.growthBytes >= smallestGrowth &&
      (grows || one.sizeClass.method === 'chunk-walk') &&
      isMoreThanRevealed(one, facts) &&
      !isOfSpread(one, candidates),
  );
  const material = materialOf(clear, facts.totalGrowth);
  const suspects = withGroup(material, candidates);
  if (Math.min(...facts.capturedShares) < leastCaptured) {
    return inconclusive('too-little-captured', tooLittle(facts), suspects);
  }
  const lacking = lackingDumps(facts);
  if (lacking.length > 0 && suspects.length === 0) {
    return inconclusive('captured-differently', capturedDifferently(lacking, facts), []);
  }
  if (!grows && suspects.length === 0) return none(facts);
  if (areOfRuns(facts)) return growthBetweenRuns(suspects, facts);
  if (facts.dumpCount < 3) return growthOfTwo(suspects);
  const leaking = withGroup(material.filter(isGoingOn), candidates);
  if (facts.collector !== null) {
    // What is counted by its stride may be garbage: it explains nothing, and no class leaks for being in step with it.
    const walked = clear.filter(({ sizeClass }) => sizeClass.method === 'chunk-walk');
    const sure = withGroup(materialOf(walked, facts.totalGrowth).filter(isGoingOn), candidates);
    return sure.length > 0 ? leak(sure) : inconclusive('collector', collectorReason(facts.collector), leaking);
  }
  if (leaking.length > 0) return leak(leaking);
  return growth(material, candidates, facts);
}

function isGoingOn({ trend }: Candidate): boolean {
  return trend === 'steady' || trend === 'sawtooth';
}

/**
 * A large leak must not hide a small one: each class is held against the growth that the larger ones leave over. What a
 * stride seems to explain may overlap with others, so that this is for walked classes only.
 */
function materialOf(clear: readonly Candidate[], totalGrowth: number): Candidate[] {
  const material: Candidate[] = [];
  let left = totalGrowth;
  for (const one of clear) {
    const isPart =
      one.sizeClass.method === 'chunk-walk' && one.share >= smallestPart && one.growthBytes >= materialShare * left;
    if (sureShare(one) < materialShare && !isPart) continue;
    material.push(one);
    left -= one.growthBytes;
  }
  return material;
}

/** Share of the growth that a class explains even where as many of its blocks were miscounted as may be. */
function sureShare({ share, sizeClass }: Candidate): number {
  return share * (1 - sizeClass.countError);
}

/** Material growth of the process: more than an allocator's housekeeping, and than its own churn explains. */
function growsMaterially(facts: ProcessFacts): boolean {
  const committed = facts.isFirstPartial ? 0 : netGrowth(facts.committedBytes);
  const net = Math.max(committed, netGrowth(facts.populatedBytes) - facts.revealedInAll);
  const populated = facts.populatedBytes[0]!;
  const isBeyondChurn = net >= churnDeviations * facts.churnBytes;
  const isOutgrown = isMaterial(facts.outgrownBytes, populated) && facts.trend !== 'sawtooth';
  return isMaterial(net, populated) && (isBeyondChurn || isOutgrown);
}

/**
 * Whether a class grows by more, in every step and in all, than was merely left out before. Where an allocator was not
 * found in a dump that lacks memory, its blocks may be there all the same.
 */
function isMoreThanRevealed({ sizeClass, test, growthBytes }: Candidate, facts: ProcessFacts): boolean {
  const { stride, allocator } = sizeClass;
  const revealed = facts.revealedBytes;
  if (lackingDumps(facts).some((dump) => facts.missingAllocators[dump]!.some((id) => id === allocator))) return false;
  const total = revealed.reduce((sum, bytes) => sum + bytes, 0);
  return test!.deltas.every((delta, step) => delta * stride > revealed[step]!) && growthBytes - total >= smallestGrowth;
}

/** Dumps that leave out a material part of what a neighbour holds. */
function lackingDumps({ revealedBytes, hiddenBytes, populatedBytes }: ProcessFacts): number[] {
  const most = Math.max(...populatedBytes);
  return populatedBytes.flatMap((_, dump) =>
    isMaterial(Math.max(revealedBytes[dump] ?? 0, hiddenBytes[dump - 1] ?? 0), most) ? [dump] : [],
  );
}

/** Whether growth is worth a word, in a process that held so much to begin with; bytes. */
export function isMaterial(growth: number, populatedBytes: number): boolean {
  return growth >= Math.max(smallestGrowth * 2, smallestGrowthShare * populatedBytes);
}

function netGrowth(values: readonly number[]): number {
  return values.at(-1)! - values[0]!;
}

/**
 * One leaked thing is often several allocations: their classes grow in lockstep, to the block. So classes whose steps
 * have the same proportions as a material one's join it, however small their share; sizes drawn at random scatter.
 */
function withGroup(material: readonly Candidate[], candidates: readonly Candidate[]): Candidate[] {
  const joined = candidates.filter(
    (one) => !material.includes(one) && material.some((leader) => isJoined(leader, one)),
  );
  return [...material, ...joined];
}

function isJoined(leader: Candidate, one: Candidate): boolean {
  if (!one.test || one.sizeClass.method !== 'chunk-walk') return false;
  if (isOtherStrideOf(leader, one)) return one.test.blocksStay && one.test.totalDeviations >= linkedDeviations;
  return one.test.standsClear && one.share >= smallestPart && growInProportion(leader, one);
}

/** The same request, which the allocator sometimes rounds up to another stride. */
export function isOtherStrideOf(usual: Candidate, other: Candidate): boolean {
  return usual.sizeClass.allocator === other.sizeClass.allocator && usual.otherStrides.includes(other.sizeClass.stride);
}

function leak(suspects: readonly Candidate[]): Decision {
  const share = suspects.reduce((sum, one) => sum + one.share, 0);
  const text = `${suspects.length === 1 ? 'One allocation class grows' : `${suspects.length} allocation classes grow`} in every step, beyond what coming and going explains, and ${suspects.length === 1 ? 'makes' : 'make'} up ${printShare(Math.min(1, share))} of the growth.`;
  return { status: 'leak', suspects, reasons: [{ code: 'class-grows-in-every-step', text }] };
}

function growth(suspects: readonly Candidate[], candidates: readonly Candidate[], facts: ProcessFacts): Decision {
  const reasons = suspects.map(
    (one): Reason => ({
      code: one.trend === 'saturating' ? 'levels-off' : 'grew-once',
      text: `Blocks of ${printExactBytes(one.sizeClass.stride)} grew, but ${one.trend === 'saturating' ? 'level off' : 'in one step only'}.`,
    }),
  );
  if (reasons.length === 0) {
    reasons.push(
      moreThreads(facts) ?? bigBlock(candidates) ?? retention(facts) ?? unclearClass(candidates) ?? unexplained(facts),
    );
  }
  return { status: 'growth', suspects: [], reasons };
}

/** Threads that nobody ends keep their stacks, which no block explains. */
function moreThreads({ threadCounts, stackGrowth, totalGrowth }: ProcessFacts): Reason | undefined {
  if (stackGrowth <= totalGrowth / 2 || netGrowth(threadCounts) <= 0) return undefined;
  const counts = threadCounts.map((count) => printCount(count)).join(' → ');
  return { code: 'more-threads', text: `Most of the growth is stacks, for there are more threads: ${counts}.` };
}

/** So few blocks of one size are buffers, not a pile of objects. */
const fewBlocks = 4;

/** A buffer that was made anew, larger: a growing vector, a hash table, a file read whole. */
function bigBlock(candidates: readonly Candidate[]): Reason | undefined {
  const big = candidates.find((one) => one.share >= 0.5 && one.sizeClass.counts.at(-1)! <= fewBlocks);
  if (!big) return undefined;
  const count = big.sizeClass.counts.at(-1)!;
  const text = `${count === 1 ? 'One block' : `${count} blocks`} of ${printExactBytes(big.sizeClass.stride)} ${count === 1 ? 'makes' : 'make'} up most of the growth: a buffer that grew, not blocks that pile up.`;
  return { code: 'one-big-buffer', text };
}

/** Most of the growth is free blocks. */
function retention(facts: ProcessFacts): Reason | undefined {
  const live = facts.liveBytes ? netGrowth(facts.liveBytes) : 0;
  const free = facts.freeBytes ? netGrowth(facts.freeBytes) : 0;
  if (free > live && free > facts.totalGrowth / 2) {
    return { code: 'retention', text: 'Most of the growth is memory that the program freed and the allocator kept.' };
  }
  return undefined;
}

/** The class with the largest part in the growth, if that is a material one, and why it is no suspect. */
function unclearClass(candidates: readonly Candidate[]): Reason | undefined {
  const one = candidates.find(
    (candidate) =>
      candidate.test?.standsClear === false &&
      sureShare(candidate) >= materialShare &&
      (candidate.growthCount > fewBlocks || candidate.share >= 0.5),
  );
  if (!one) return undefined;
  const [code, why] = whyUnclear(one);
  const text = `Blocks of ${printExactBytes(one.sizeClass.stride)} make up ${printShare(one.share)} of the growth, but ${why}.`;
  return { code, text };
}

function whyUnclear({ trend, test, growthCount }: Candidate): readonly [code: string, why: string] {
  if (trend === 'jump') return ['grew-once', 'grew in one step only'];
  if (trend === 'saturating') return ['levels-off', 'level off'];
  if (!test!.growsInEveryStep) return ['up-and-down', 'there are not more of them in every step'];
  if (!test!.blocksStay) return ['up-and-down', 'most of those that came were gone again by the last dump'];
  return ['within-chance', `${printCount(growthCount)} more of them may be chance`];
}

function unexplained(facts: ProcessFacts): Reason {
  if (facts.trend === 'saturating') return { code: 'levels-off', text: 'Memory grew, and levels off.' };
  if (facts.trend === 'jump') return { code: 'grew-once', text: 'Memory grew in one step only.' };
  if (facts.trend === 'sawtooth') return { code: 'up-and-down', text: 'Memory goes up and down.' };
  return {
    code: 'no-class-explains-it',
    text: 'No single allocation class explains a material share of the growth: blocks of many sizes, or memory that is not made of equal blocks.',
  };
}

function growthOfTwo(likely: readonly Candidate[]): Decision {
  const text =
    'Two dumps show that memory grows, not that it goes on growing. Take a third dump after about as much time again, and compare all three.';
  return { status: 'growth', suspects: likely, reasons: [{ code: 'only-two-dumps', text }] };
}

function areOfRuns({ runOf }: ProcessFacts): boolean {
  return runOf.some((run) => run !== runOf[0]);
}

/** Every run begins anew: a larger one may just have had more to do, and no block can be followed from run to run. */
function growthBetweenRuns(likely: readonly Candidate[], facts: ProcessFacts): Decision {
  return { status: 'growth', suspects: likely, reasons: [differentRuns(facts.runOf)] };
}

function differentRuns(runOf: readonly number[]): Reason {
  const count = new Set(runOf).size;
  const lists = [...new Set(runOf)].map((run) => runOf.flatMap((one, dump) => (one === run ? [dump] : [])));
  const longest = lists.reduce((best, list) => (list.length > best.length ? list : best));
  const own = longest.length < 2 ? '' : ` Dumps ${inWords(longest)} are of one run: compare those.`;
  const text = `These dumps are of ${count} runs of the program, and a run may be larger because it had more to do. Whether memory leaks is seen in three dumps of one run.${own}`;
  return { code: 'different-runs', text };
}

function none(facts: ProcessFacts): Decision {
  if (areOfRuns(facts)) {
    const text = 'From run to run nothing is larger by more than chance explains.';
    const reasons = [{ code: 'no-material-growth', text }, differentRuns(facts.runOf)];
    return { status: 'none', suspects: [], reasons };
  }
  const text =
    facts.trend === 'shrinking'
      ? 'Memory shrinks. If the newest dump was given first, turn the order round.'
      : 'Nothing grows by more than its own coming and going explains.';
  return { status: 'none', suspects: [], reasons: [{ code: 'no-material-growth', text }] };
}

function inconclusive(code: string, text: string, suspects: readonly Candidate[]): Decision {
  return { status: 'inconclusive', suspects, reasons: [{ code, text }] };
}

function tooLittle({ capturedShares }: ProcessFacts): string {
  const least = Math.min(...capturedShares);
  const lacking = capturedShares.flatMap((share, dump) => (share < leastCaptured ? [dump] : []));
  const what =
    least === 0
      ? 'holds none of the writable memory, or leaves out memory without saying how much'
      : `holds only ${printShare(least)} of the writable memory`;
  return `Dump ${capturedShares.indexOf(least) + 1} ${what}.${without(lacking, capturedShares.length)} Capture full dumps: procdump -ma on Windows, gcore on Linux.`;
}

function capturedDifferently(lacking: readonly number[], facts: ProcessFacts): string {
  const bytes = Math.max(...facts.revealedBytes, ...facts.hiddenBytes);
  const which = `Dump${lacking.length === 1 ? '' : 's'} ${inWords(lacking)} ${lacking.length === 1 ? 'leaves' : 'leave'} out memory that ${lacking.length === 1 ? 'its neighbour holds' : 'their neighbours hold'}, up to ${printBytes(bytes)}`;
  return `${which}: what grew cannot be told from what was not captured.${without(lacking, facts.dumpCount)}`;
}

/** What to compare instead, if enough is left. */
function without(lacking: readonly number[], dumpCount: number): string {
  const rest = Array.from({ length: dumpCount }, (_, dump) => dump).filter((dump) => !lacking.includes(dump));
  return rest.length < 2 ? '' : ` Compare dumps ${inWords(rest)} alone.`;
}

/** `1, 2 and 4`, of indexes. */
function inWords(dumps: readonly number[]): string {
  const numbers = dumps.map((dump) => String(dump + 1));
  return numbers.length < 2 ? numbers.join() : `${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1)}`;
}

function collectorReason(collector: string): string {
  return `The growth lies in memory that ${collector} collects. Garbage that was not collected yet looks the same as a leak; force a full collection before each dump and compare again.`;
}
