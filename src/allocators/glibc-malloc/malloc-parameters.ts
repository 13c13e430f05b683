import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import type { Arena } from './arena.ts';

/** What glibc notes about the whole process (`mp_`, a malloc_par). Source: glibc malloc/malloc.c. */
export interface MallocParameters {
  /** n_mmaps: chunks that are mappings of their own. */
  readonly mmappedCount: number;
  /** sbrk_base: the first address got from sbrk, not aligned; 0 when there was none yet. */
  readonly sbrkBase: Address;
}

/** `mp_` and main_arena are of one object file, so the linker puts them near each other. */
const searchBytes = 1 << 15;

/** DEFAULT_MMAP_MAX; programs seldom change it. */
const usualMmapLimit = 65536;

const pageSize = 4096;

/** From mmapped_mem back to n_mmaps; what lies between was added and dropped over the versions. */
const countDistances = [16, 20, 24] as const;

/**
 * Finds `mp_` without symbols: counts, byte counts and sbrk_base in a row that agree with each other, near the main
 * arena. `expectedBase` is where the sbrk heap starts by what the arena says. Undefined when nothing fits.
 */
export function findMallocParameters(
  memory: Memory,
  arena: Arena,
  expectedBase: Address | undefined,
): MallocParameters | undefined {
  const { word } = arena.layout;
  for (let distance = 0; distance < searchBytes; distance += word) {
    for (const address of [arena.address - distance, arena.address + arena.size + distance]) {
      const parameters = readParameters(memory, word, address, expectedBase);
      if (parameters !== undefined) return parameters;
    }
  }
  return undefined;
}

/** `address` is that of sbrk_base. */
function readParameters(
  memory: Memory,
  word: number,
  address: Address,
  expectedBase: Address | undefined,
): MallocParameters | undefined {
  const sbrkBase = memory.word(address);
  if (sbrkBase === undefined || (sbrkBase !== 0 && sbrkBase < pageSize)) return undefined;
  // Before 2.24 an unused max_total_mem stood before sbrk_base.
  for (const between of memory.word(address - word) === 0 ? [0, word] : [0]) {
    const mostBytes = memory.word(address - between - word);
    const bytesAddress = address - between - 2 * word;
    const bytes = memory.word(bytesAddress);
    if (bytes === undefined || mostBytes === undefined || bytes < 0 || bytes > mostBytes) continue;
    if (bytes % pageSize !== 0 || mostBytes % pageSize !== 0) continue;
    for (const distance of countDistances) {
      // Nearly all places end here: zeros agree with zeros.
      if (sbrkBase !== expectedBase && memory.u32(bytesAddress - distance + 4) !== usualMmapLimit) continue;
      const counts = readCounts(memory, bytesAddress - distance);
      if (counts === undefined) continue;
      const agrees = (counts.now === 0) === (bytes === 0) && (counts.most === 0) === (mostBytes === 0);
      const isKnown =
        sbrkBase === expectedBase || (counts.limit === usualMmapLimit && (sbrkBase > 0 || counts.most > 0));
      if (agrees && isKnown) return { mmappedCount: counts.now, sbrkBase };
    }
  }
  return undefined;
}

/** n_mmaps, n_mmaps_max, max_n_mmaps and no_dyn_threshold in a row, when they can be that. */
function readCounts(memory: Memory, address: Address): { now: number; limit: number; most: number } | undefined {
  const now = memory.u32(address);
  const limit = memory.u32(address + 4);
  const most = memory.u32(address + 8);
  const fixedThreshold = memory.u32(address + 12);
  if (now === undefined || limit === undefined || most === undefined || fixedThreshold === undefined) return undefined;
  return fixedThreshold <= 1 && now <= most && most <= limit ? { now, limit, most } : undefined;
}
