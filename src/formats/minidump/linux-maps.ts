import type { MemoryRegion, RegionKind } from '../../model/dump.ts';
import { withoutOverlaps } from '../intervals.ts';
import { isAccessible, type LinuxMapping, readMapsLine } from '../linux-maps.ts';
import { isFilelessPath } from '../linux-names.ts';
import { textUpToNul } from '../text.ts';
import type { WarningLog } from '../warnings.ts';
import { type MinidumpFile, openStream, streamTypes } from './minidump-file.ts';

/** 65,530 mappings with long paths; keeps a forged size from filling memory. */
const longestText = 1 << 26;

/** Breakpad's copy of /proc/PID/maps: memory that the process can access. Empty when the dump has none. */
export function readLinuxMaps(file: MinidumpFile, warnings: WarningLog): MemoryRegion[] {
  const reader = openStream(file, streamTypes.linuxMaps);
  if (reader === undefined) return [];
  const at = reader.offset();
  const text = textUpToNul(reader.bytes(Math.min(reader.remaining(), longestText), 'LinuxMaps'));
  const regions: MemoryRegion[] = [];
  for (const row of text.split('\n')) {
    if (row === '') continue;
    const mapping = readMapsLine(row);
    if (mapping === undefined) warnings.add('bad-region', 'a line of the LinuxMaps stream cannot be read', at);
    else if (isAccessible(mapping)) regions.push(toRegion(mapping));
  }
  return withoutOverlaps(withKinds(regions));
}

function toRegion({ start, end, name, readable, writable, executable }: LinuxMapping): MemoryRegion {
  return { start, end, kind: 'private', name, readable, writable, executable };
}

function withKinds(regions: readonly MemoryRegion[]): MemoryRegion[] {
  const executable = new Set(regions.filter((region) => region.executable).map((region) => region.name));
  return regions.map((region) => ({ ...region, kind: kindOf(region.name, executable) }));
}

function kindOf(name: string, executable: ReadonlySet<string>): RegionKind {
  if (name === '[heap]') return 'heap';
  if (name.startsWith('[stack')) return 'stack';
  if (/^\[(vdso|vvar|vsyscall|vectors)/.test(name)) return 'image';
  if (!name.startsWith('/') || isFilelessPath(name)) return 'private';
  return executable.has(name) ? 'image' : 'mapped-file';
}
