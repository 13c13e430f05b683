// Memory contents for the report, when they were asked for: the beginnings of some blocks of each suspect.
import type { Memory } from '../memory/memory.ts';
import { formatAddress, parseAddress } from '../model/address.ts';
import type { BlockExcerpt, ReportAllocation } from '../model/leak-report.ts';

const mostSuspects = 8;
const blocksPerSuspect = 3;
const mostBytes = 512;
/** Shorter runs are chance. */
const shortestText = 4;

/** @param memory of the last dump, where the sample addresses are from */
export function blockExcerpts(suspects: readonly ReportAllocation[], memory: Memory): BlockExcerpt[] {
  return suspects.slice(0, mostSuspects).flatMap((suspect) =>
    spread(suspect.sampleAddresses).flatMap((text): BlockExcerpt[] => {
      const address = parseAddress(text);
      if (address === undefined) return [];
      const bytes = new Uint8Array(Math.min(mostBytes, suspect.strideBytes));
      const read = bytes.subarray(0, memory.read(address, bytes));
      return [
        {
          allocation: suspect.id,
          address: formatAddress(address, memory.dump.pointerSize),
          hex: Array.from(read, (byte) => byte.toString(16).padStart(2, '0')).join(''),
          text: textsIn(read),
        },
      ];
    }),
  );
}

/** First, middle and last: blocks that lie apart are more likely to differ. */
function spread(addresses: readonly string[]): string[] {
  const last = addresses.length - 1;
  const picked = Array.from({ length: blocksPerSuspect }, (_, index) =>
    Math.round((index * last) / (blocksPerSuspect - 1)),
  );
  return last < 0 ? [] : [...new Set(picked)].map((index) => addresses[index]!);
}

/** Runs of printable characters, one byte each, then two bytes each at either alignment. */
function textsIn(bytes: Uint8Array): string[] {
  const narrow = String.fromCharCode(...bytes);
  const runs = narrow.match(new RegExp(`[ -~]{${shortestText},}`, 'g')) ?? [];
  const wide = narrow.match(new RegExp(`(?:[ -~]\\0){${shortestText},}`, 'g')) ?? [];
  return [...runs, ...wide.map((run) => run.replaceAll('\0', ''))];
}
