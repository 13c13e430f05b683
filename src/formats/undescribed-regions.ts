import type { CapturedRange, MemoryRegion } from '../model/dump.ts';
import type { List } from '../model/list.ts';

/** One region for each captured range, where nothing tells what stands in them. */
export function undescribedRegions(captured: List<CapturedRange>): MemoryRegion[] {
  return captured.map(({ start, size }) => ({
    start,
    end: start + size,
    kind: 'unknown',
    name: '',
    readable: true,
    writable: true,
    executable: false,
  }));
}
