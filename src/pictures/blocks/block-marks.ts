import type { Memory } from '../../memory/memory.ts';
import { type Address, parseAddress } from '../../model/address.ts';
import type { ReportAllocation } from '../../model/leak-report.ts';
import { kindReader } from './read-kinds.ts';

/** A word that nearly all blocks of a class have at the same offset, and that is not zero: a header, a vtable. */
interface Mark {
  /** Bytes from the block's start. */
  readonly offset: number;
  /** The word's halves as they stand in memory; only compared, never shown. The second is 0 for words of 4 bytes. */
  readonly first: number;
  readonly second: number;
}

/** How to tell a block of a class from other memory. */
export interface BlockTest {
  /** Whether the class has marks; without them a block is only known by what kinds of words it holds where. */
  readonly hasMarks: boolean;
  /** Bytes of a block that are looked at. */
  readonly size: number;
  /** Whether a block begins at `offset` of `view`; `size` bytes have to follow. */
  matches(view: DataView, offset: number): boolean;
  /** Whether a block begins at `address`; false where it is not captured. */
  isBlock(address: Address): boolean;
}

/** Words of a block that are looked at. */
const wordsToKnow = 64;
const samplesToRead = 24;
const leastSamples = 3;
const commonShare = 0.8;
const marksThatMatch = 0.7;
const kindsThatMatch = 0.8;

/** Addresses of the class's sample blocks, in order. */
export function sampleBlocks(allocation: ReportAllocation): Address[] {
  const addresses = allocation.sampleAddresses.map(parseAddress).filter((address) => address !== undefined);
  return [...new Set(addresses)].sort((a, b) => a - b);
}

/** Learns from the samples what a block of the class looks like. */
export function blockTest(memory: Memory, allocation: ReportAllocation): BlockTest {
  const samples = sampleBlocks(allocation).slice(0, samplesToRead);
  const wordBytes = memory.dump.pointerSize;
  const words = Math.max(1, Math.min(wordsToKnow, Math.floor(allocation.strideBytes / wordBytes)));
  const size = words * wordBytes;
  const marks = commonWords(memory, samples, size);
  if (marks.length === 0) return kindTest(memory, samples[0], words);
  const needed = Math.ceil(marks.length * marksThatMatch);
  const matches = (view: DataView, offset: number) => {
    let found = 0;
    for (let index = 0; index < marks.length; index++) {
      const mark = marks[index]!;
      if (hasMark(view, offset, mark, wordBytes)) found++;
      else if (marks.length - index - 1 + found < needed) return false;
    }
    return found >= needed;
  };
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const isBlock = (address: Address) => memory.read(address, bytes) === size && matches(view, 0);
  return { hasMarks: true, size, matches, isBlock };
}

function hasMark(view: DataView, offset: number, mark: Mark, wordBytes: number): boolean {
  const at = offset + mark.offset;
  return view.getUint32(at) === mark.first && (wordBytes === 4 || view.getUint32(at + 4) === mark.second);
}

/** Without marks: whether the kinds of the words are those of the first sample, in their places. */
function kindTest(memory: Memory, sample: Address | undefined, words: number): BlockTest {
  const reader = kindReader(memory);
  const expected = sample === undefined ? new Uint8Array() : reader.kinds(sample, words);
  const isBlock = (address: Address) => {
    const found = reader.kinds(address, words);
    return found.filter((kind, word) => kind === expected[word]).length >= words * kindsThatMatch;
  };
  return { hasMarks: false, size: words * reader.wordBytes, matches: () => false, isBlock };
}

function commonWords(memory: Memory, samples: readonly Address[], size: number): Mark[] {
  const wordBytes = memory.dump.pointerSize;
  const blocks = samples.flatMap((address) => {
    const bytes = new Uint8Array(size);
    return memory.read(address, bytes) === size ? [new DataView(bytes.buffer)] : [];
  });
  if (blocks.length < leastSamples) return [];
  const marks: Mark[] = [];
  for (let offset = 0; offset < size; offset += wordBytes) {
    const found = new Map<string, { mark: Mark; count: number }>();
    for (const block of blocks) {
      const mark = {
        offset,
        first: block.getUint32(offset),
        second: wordBytes === 8 ? block.getUint32(offset + 4) : 0,
      };
      const key = `${mark.first},${mark.second}`;
      found.set(key, { mark, count: (found.get(key)?.count ?? 0) + 1 });
    }
    const [best] = [...found.values()].sort((a, b) => b.count - a.count);
    const isZero = best!.mark.first === 0 && best!.mark.second === 0;
    if (!isZero && best!.count >= blocks.length * commonShare) marks.push(best!.mark);
  }
  return marks;
}
