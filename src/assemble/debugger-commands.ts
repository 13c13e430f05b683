// The commands that show a suspect's blocks, in the words of each debugger.
import type { PointerSize } from '../model/address.ts';
import type { BlockField, ReportAllocation } from '../model/leak-report.ts';

/** A suspect with one of its blocks in the last dump. */
export interface SuspectFacts {
  readonly suspect: ReportAllocation;
  readonly pointerSize: PointerSize;
  /** Bytes of a block before what malloc returned. */
  readonly headerBytes: number;
  /** Start of a block, header included. */
  readonly block: bigint;
  /** Where its blocks lie, in hex. */
  readonly ranges: readonly { readonly start: string; readonly end: string }[];
}

/** Words shown of a block: enough for header, vtable and first members. */
const mostWords = 16;
/** Low bits of a glibc chunk's size are flags. */
const glibcFlags = 7;

function hex(address: bigint): string {
  return `0x${address.toString(16)}`;
}

/** What malloc returned for the block. */
function userAddress({ block, headerBytes }: SuspectFacts): string {
  return hex(block + BigInt(headerBytes));
}

export function wordCount({ suspect, pointerSize }: SuspectFacts): number {
  return Math.max(1, Math.min(mostWords, Math.floor(suspect.strideBytes / pointerSize)));
}

/** A field that tells the type: a vtable, a function. */
export function modulePointer({ suspect }: SuspectFacts): BlockField | undefined {
  return suspect.fields.find(({ kind }) => kind === 'module-pointer');
}

/** The NT heap is what `!heap` knows; for others memory itself has to do. */
export function winDbgCommands(facts: SuspectFacts): string[] {
  const { suspect, pointerSize } = facts;
  const address = userAddress(facts);
  const words = `L${wordCount(facts).toString(16)}`;
  const field = modulePointer(facts);
  const request = suspect.requestBytes;
  const filter =
    request === null
      ? []
      : request.min === request.max
        ? [`!heap -flt s ${request.min.toString(16)}`]
        : [`!heap -flt r ${request.min.toString(16)} ${request.max.toString(16)}`];
  return [
    ...(suspect.allocator === 'nt-heap'
      ? ['!heap -s', ...filter, `!heap -x ${address}`, `!heap -p -a ${address}`]
      : []),
    `dps ${address} ${words}`,
    ...(field ? [`ln poi(${hex(facts.block + BigInt(field.offset))})`] : []),
    // Who holds it: a block that nothing points to is lost, one that something points to is kept.
    pointerSize === 8 ? `s -q 0 L?7fffffffffff ${address}` : `s -d 0 L?7fffffff ${address}`,
  ];
}

/** A glibc chunk carries its size: the dump's own word for the stride. */
export function gdbCommands(facts: SuspectFacts): string[] {
  const { suspect, pointerSize, ranges } = facts;
  const letter = pointerSize === 8 ? 'g' : 'w';
  const field = modulePointer(facts);
  const size = hex(facts.block + BigInt(pointerSize));
  return [
    `x/${wordCount(facts)}${letter}x ${hex(facts.block)}`,
    ...(suspect.allocator === 'glibc-malloc' ? [`p/d *(unsigned long *)${size} & ~${glibcFlags}`] : []),
    ...(field ? [`info symbol *(unsigned long *)${hex(facts.block + BigInt(field.offset))}`] : []),
    ...ranges.map(
      ({ start, end }) => `find /${letter} ${short(start)}, ${hex(BigInt(end) - 1n)}, ${userAddress(facts)}`,
    ),
  ];
}

export function lldbCommands(facts: SuspectFacts): string[] {
  const { pointerSize, ranges } = facts;
  const field = modulePointer(facts);
  return [
    `memory read --format x --size ${pointerSize} --count ${wordCount(facts)} ${hex(facts.block)}`,
    ...(field ? [`image lookup --address \`*(unsigned long *)${hex(facts.block + BigInt(field.offset))}\``] : []),
    ...ranges.map(
      ({ start, end }) => `memory find --expression ${userAddress(facts)} -- ${short(start)} ${short(end)}`,
    ),
  ];
}

/** chap counts what a caller may use: a chunk without the word of its size. Numbers are hex, without 0x. */
export function chapCommands(facts: SuspectFacts): string[] {
  const size = (facts.suspect.strideBytes - facts.pointerSize).toString(16);
  const address = userAddress(facts).slice(2);
  return [
    `count used /minsize ${size} /maxsize ${size}`,
    `count leaked /minsize ${size} /maxsize ${size}`,
    `list used /minsize ${size} /maxsize ${size}`,
    `describe ${address}`,
    `list incoming ${address}`,
  ];
}

function short(address: string): string {
  return hex(BigInt(address));
}
