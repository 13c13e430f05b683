// The mappings of a live process, with what smaps knows beyond maps.
import { isAccessible, readMapsLine } from '../formats/linux-maps.ts';
import { readOf } from './live-process.ts';
import type { LiveMapping } from './select-memory.ts';

/** Flags by the range of the mapping: `start-end` in hex as the kernel writes it. */
export type FlagsByRange = ReadonlyMap<string, ReadonlySet<string>>;

/** The kernel walks all pages for smaps, so it is read before the process is stopped. Empty where it cannot be read. */
export function readMappingFlags(processId: number): FlagsByRange {
  const flags = new Map<string, ReadonlySet<string>>();
  let range = '';
  for (const row of smapsOf(processId).split('\n')) {
    if (row.startsWith('VmFlags:')) flags.set(range, new Set(row.slice('VmFlags:'.length).trim().split(' ')));
    else if (/^[0-9a-f]+-[0-9a-f]+ /.test(row)) range = row.slice(0, row.indexOf(' '));
  }
  return flags;
}

/** Kernels without CONFIG_PROC_PAGE_MONITOR and sandboxes (gVisor) have no smaps. */
function smapsOf(processId: number): string {
  try {
    return readOf(processId, 'smaps').toString('latin1');
  } catch {
    return '';
  }
}

/** @param maps text of /proc/PID/maps; mappings that nothing may access only reserve addresses and are left out */
export function parseMappings(maps: string, flags: FlagsByRange): LiveMapping[] {
  return maps.split('\n').flatMap((row) => {
    const mapping = readMapsLine(row);
    if (mapping === undefined || !isAccessible(mapping)) return [];
    return [{ ...mapping, flags: flags.get(row.slice(0, row.indexOf(' '))) ?? new Set<string>() }];
  });
}
