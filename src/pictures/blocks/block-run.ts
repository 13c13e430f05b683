import type { Memory } from '../../memory/memory.ts';
import { type Address, parseAddress } from '../../model/address.ts';
import type { ReportAllocation } from '../../model/leak-report.ts';
import { type KindReader, kindReader } from './read-kinds.ts';

/** Blocks that follow each other at exactly one stride. */
export interface BlockRun {
  readonly start: Address;
  /** At least 1: the block at `start`. */
  readonly count: number;
}

/** Words of a block that are looked at to know another one by. */
const wordsToKnow = 64;
/** A word that most samples have in common, other than zero, is a mark of the class: a header, a vtable. */
const commonShare = 0.8;
const marksThatMatch = 0.7;
const kindsThatMatch = 0.8;
const samplesToTry = 24;

/** Addresses of the class's sample blocks, in order. */
export function sampleBlocks(allocation: ReportAllocation): Address[] {
  const addresses = allocation.sampleAddresses.map(parseAddress).filter((address) => address !== undefined);
  return [...new Set(addresses)].sort((a, b) => a - b);
}

/**
 * Runs of blocks that begin at the samples, longest first. A run goes on as long as the block one stride further looks
 * like the samples; at a stride that is not the blocks' distance it ends at once.
 * @param most blocks in a run; the first run of that length is good enough and ends the search
 */
export function findRuns(memory: Memory, allocation: ReportAllocation, most: number): BlockRun[] {
  const samples = sampleBlocks(allocation);
  const isBlock = blockTest(memory, allocation.strideBytes, samples);
  const runs: BlockRun[] = [];
  for (const start of samples.slice(0, samplesToTry)) {
    const last = runs.at(-1);
    // A sample inside of the run before adds nothing.
    if (last && start < last.start + last.count * allocation.strideBytes) continue;
    let count = 1;
    while (count < most && isBlock(start + count * allocation.strideBytes)) count++;
    runs.push({ start, count });
    if (count === most) break;
  }
  return runs.sort((a, b) => b.count - a.count || a.start - b.start);
}

/** Tells whether the block at an address looks like the samples. */
function blockTest(memory: Memory, stride: number, samples: readonly Address[]): (address: Address) => boolean {
  const reader = kindReader(memory);
  const words = Math.max(1, Math.min(wordsToKnow, Math.floor(stride / reader.wordBytes)));
  const marks = commonWords(memory, samples.slice(0, samplesToTry), words * reader.wordBytes, reader.wordBytes);
  const needed = Math.ceil(marks.length * marksThatMatch);
  const bytes = new Uint8Array(words * reader.wordBytes);
  if (marks.length > 0) {
    return (address) => {
      if (memory.read(address, bytes) < bytes.length) return false;
      return marks.filter((mark) => wordAt(bytes, mark.offset, reader.wordBytes) === mark.word).length >= needed;
    };
  }
  return kindTest(reader, samples, words);
}

/** Without common words: whether the kinds of the words are those of the first sample, in their places. */
function kindTest(reader: KindReader, samples: readonly Address[], words: number): (address: Address) => boolean {
  const [first] = samples;
  if (first === undefined) return () => false;
  const expected = reader.kinds(first, words);
  return (address) => {
    const found = reader.kinds(address, words);
    return found.filter((kind, word) => kind === expected[word]).length >= words * kindsThatMatch;
  };
}

interface Mark {
  readonly offset: number;
  readonly word: string;
}

/** Words that are the same and not zero in most samples. Values stay in here; they are only compared. */
function commonWords(memory: Memory, samples: readonly Address[], size: number, wordBytes: number): Mark[] {
  const blocks = samples.flatMap((address) => {
    const bytes = new Uint8Array(size);
    return memory.read(address, bytes) === size ? [bytes] : [];
  });
  if (blocks.length < 3) return [];
  const marks: Mark[] = [];
  for (let offset = 0; offset < size; offset += wordBytes) {
    const counts = new Map<string, number>();
    for (const block of blocks) {
      const word = wordAt(block, offset, wordBytes);
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    const [word, count] = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
    if (count >= blocks.length * commonShare && /[^0,]/.test(word)) marks.push({ offset, word });
  }
  return marks;
}

function wordAt(bytes: Uint8Array, offset: number, wordBytes: number): string {
  return bytes.subarray(offset, offset + wordBytes).join();
}
