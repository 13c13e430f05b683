// A token may stand elsewhere too; the words that all blocks share beside it make sure that a block is meant.
import { type CompanionWord, farthestCompanion, mostCompanions } from '../../kernels/token-table.ts';
import { valueKey } from '../../kernels/values.ts';
import type { Period } from './find-strides.ts';
import { type Sample, windowAt } from './sample.ts';
import type { WordsBetweenRuns } from './words-between-runs.ts';

/** What is searched for to count blocks: the token, and what must stand around it. */
export interface Signature {
  readonly period: Period;
  readonly companions: readonly CompanionWord[];
}

/** The signature as another run has it, without companions that cannot be compared. */
export function signatureIn(dump: number, { period, companions }: Signature, words: WordsBetweenRuns): Signature {
  const moved = (key: number) => (period.kind === 'value' ? words.keyIn(dump, key) : key);
  return {
    period: { ...period, key: moved(period.key) },
    companions: companions
      .filter(({ lo, hi }) => words.isComparable(valueKey(lo, hi)))
      .map(({ offset, lo, hi }) => {
        const before = valueKey(lo, hi);
        const key = words.keyIn(dump, before);
        return key === before ? { offset, lo, hi } : { offset, lo: key >>> 0, hi: Math.floor(key / 2 ** 32) >>> 0 };
      }),
  };
}

/** With so many no more are looked for; those on both sides of the token at once, so that there may be one more. */
const enoughCompanions = mostCompanions - 1;
const samples = 96;

/**
 * Words at the same distance with the same value in every sampled block; zero says little and is left out. The nearest
 * come first, for headers and fields near the token tell most, and all of them fit in one block with the token: a neighbour's words are missing at a row's ends.
 */
export function signatureOf(period: Period, sample: Sample): Signature {
  const { wordBytes, words } = sample;
  const places = samplePlaces(period, sample);
  const companions: CompanionWord[] = [];
  const limit = Math.min(farthestCompanion, period.blockBytes - wordBytes);
  let lowest = 0;
  let highest = 0;
  for (let step = wordBytes; step <= limit && companions.length < enoughCompanions; step += wordBytes) {
    for (const offset of [-step, step]) {
      const span = Math.max(highest, offset) - Math.min(lowest, offset) + wordBytes;
      const word = span <= period.blockBytes ? sharedWord(places, words, { offset, wordBytes }) : undefined;
      if (!word) continue;
      companions.push({ offset, ...word });
      lowest = Math.min(lowest, offset);
      highest = Math.max(highest, offset);
    }
  }
  return { period, companions };
}

/** A place of the token, and its window, as offsets in the sample. */
interface SampledPlace {
  readonly offset: number;
  readonly from: number;
  readonly to: number;
}

/** Places on the lattice, spread over all windows. */
function samplePlaces({ places, stride }: Period, sample: Sample): SampledPlace[] {
  const steps = sample.stepsOf(places, stride);
  const every = Math.max(1, Math.floor(steps.length / samples));
  const chosen: SampledPlace[] = [];
  for (let index = 0; index < steps.length; index += every) {
    const offset = steps[index]!;
    const { from, to } = windowAt(sample.windows, offset);
    chosen.push({ offset, from, to });
  }
  return chosen;
}

function sharedWord(
  places: readonly SampledPlace[],
  words: Uint32Array,
  { offset, wordBytes }: { readonly offset: number; readonly wordBytes: 4 | 8 },
): { lo: number; hi: number } | undefined {
  let lo = 0;
  let hi = 0;
  let seen = 0;
  for (const place of places) {
    const at = place.offset + offset;
    if (at < place.from || at + wordBytes > place.to) continue;
    const low = words[at / 4]!;
    const high = wordBytes === 8 ? words[at / 4 + 1]! : 0;
    if (seen > 0 && (low !== lo || high !== hi)) return undefined;
    lo = low;
    hi = high;
    seen++;
  }
  return seen * 2 >= places.length && (lo !== 0 || hi !== 0) ? { lo, hi } : undefined;
}
