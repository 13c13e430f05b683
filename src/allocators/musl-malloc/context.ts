import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';
import { readWords, staticDataOf } from '../static-data.ts';
import { classUnits, mapBytes, mappedClass, unit } from './size-classes.ts';

/** A row of slots of one size (struct group and struct meta of musl src/malloc/mallocng/meta.h). */
export interface Group {
  /** Where the group stands; its slots start `unit` bytes behind. */
  readonly start: Address;
  readonly slots: number;
  /** Bytes from slot to slot. */
  readonly slotBytes: number;
  /** A bit a slot, set when it is free. */
  readonly free: number;
  /** Address of its record, which the group starts with. */
  readonly meta: Address;
  /** Bytes that were mapped for it; 0 when it stands in a slot of another group, or in memory found elsewhere. */
  readonly mapped: number;
}

const areaHeader = 24;
const metaBytes = 40;

/** Records in an area, which is always 4096 bytes. */
const metasInArea = Math.floor((mapBytes - areaHeader) / metaBytes);

/** struct malloc_context: where the first area's address stands, without and with a field for the page size. */
const areaHeadOffsets = [56, 64] as const;
const contextBytes = 72;

/** Address of the context (ctx in malloc.c): its secret stands in the area that it points at as well. */
export function findContext(memory: Memory): { readonly address: Address; readonly firstArea: Address } | undefined {
  let found: { address: Address; firstArea: Address } | undefined;
  readWords(memory, staticDataOf(memory), contextBytes, (words, start) => {
    for (let i = 0; i + contextBytes / 4 <= words.length; i += 2) {
      // init_done: rules out nearly every place.
      if (words[i + 2] !== 1 && words[i + 4] !== 1) continue;
      for (const offset of areaHeadOffsets) {
        const at = i + offset / 4;
        if (words[i + (offset - 48) / 4] !== 1 || words[at]! % mapBytes !== 0 || words[at + 1]! > 0xffff) continue;
        const firstArea = words[at + 1]! * 4294967296 + words[at]!;
        if (firstArea === 0 || !isArea(memory, firstArea, words[i]!, words[i + 1]!)) continue;
        found = { address: start + i * 4, firstArea };
        return true;
      }
    }
    return undefined;
  });
  return found;
}

function isArea(memory: Memory, area: Address, secretLow: number, secretHigh: number): boolean {
  if (memory.u32(area) !== secretLow || memory.u32(area + 4) !== secretHigh) return false;
  const next = memory.i64(area + 8);
  return next !== undefined && next >= 0 && next % mapBytes === 0 && memory.u32(area + 16) === metasInArea;
}

/** All groups that the areas describe, by address. */
export function readGroups(memory: Memory, context: { address: Address; firstArea: Address }): Group[] {
  const secretLow = memory.u32(context.address) ?? 0;
  const secretHigh = memory.u32(context.address + 4) ?? 0;
  const seen = new Set<Address>();
  const groups: Group[] = [];
  let area: Address | undefined = context.firstArea;
  while (area !== undefined && area > 0 && !seen.has(area) && isArea(memory, area, secretLow, secretHigh)) {
    seen.add(area);
    for (let index = 0; index < metasInArea; index += 1) {
      const group = readGroup(memory, area + areaHeader + index * metaBytes);
      if (group !== undefined) groups.push(group);
    }
    area = memory.i64(area + 8);
  }
  return groups.sort((a, b) => a.start - b.start);
}

function readGroup(memory: Memory, meta: Address): Group | undefined {
  const start = memory.i64(meta + 16);
  if (start === undefined || start <= 0 || start % unit !== 0) return undefined;
  const avail = memory.u32(meta + 24);
  const freed = memory.u32(meta + 28);
  const low = memory.u32(meta + 32);
  const high = memory.u32(meta + 36);
  if (avail === undefined || freed === undefined || low === undefined || high === undefined) return undefined;
  const slots = (low & 31) + 1;
  const sizeClass = (low >>> 6) & 63;
  const mapped = (high * 2 ** 20 + (low >>> 12)) * mapBytes;
  const units = classUnits[sizeClass];
  if (units === undefined && (sizeClass !== mappedClass || slots !== 1 || mapped === 0)) return undefined;
  const slotBytes = slots === 1 && mapped > 0 ? mapped - unit : units! * unit;
  if (mapped > 0 && unit + slots * slotBytes > mapped) return undefined;
  return { start, slots, slotBytes, free: (avail | freed) >>> 0, meta, mapped };
}
