import type { Architecture, CapturedRange, Dump, LoadedModule, MemoryRegion, Thread } from '../../model/dump.ts';
import type { List } from '../../model/list.ts';
import { type CapturedBytes, readCaptured } from '../captured-bytes.ts';
import { baseName } from '../text.ts';
import type { WarningLog } from '../warnings.ts';

/** Where a 32-bit process ends: what lies beyond is of the layer that runs it on a 64-bit system. */
const addressLimit = 2 ** 32;

/** Where the 32-bit TEB of a thread stands, from its 64-bit one. */
const tebDistance = 0x2000;
/** NT_TIB32.Self. */
const selfOffset = 0x18;

/** The libraries that run 32-bit code, and the processor that its code is for. */
const layers: ReadonlyMap<string, Architecture> = new Map([
  ['wow64cpu.dll', 'x86'],
  // x86 and Arm code on an Arm processor.
  ['xtajit.dll', 'x86'],
  ['wowarmhw.dll', 'arm'],
]);

/** What the program's code is for when this is a 64-bit dump of a 32-bit process of Windows (WOW64); else undefined. */
export function wow64Architecture(modules: readonly LoadedModule[]): Architecture | undefined {
  const names = new Set(modules.map(({ path }) => baseName(path).toLowerCase()));
  if (!names.has('wow64.dll')) return undefined;
  return [...layers].find(([library]) => names.has(library))?.[1];
}

/**
 * Such a dump as the program itself sees its memory, and as a 32-bit dump of it would be: pointers of 4 bytes, the
 * 32-bit TEBs, nothing beyond 4 GiB. So its heaps, and the words of its blocks, are read for what they are.
 */
export function asWow64(dump: Dump, architecture: Architecture, bytes: CapturedBytes, warnings: WarningLog): Dump {
  const isBelow = ({ start, end }: MemoryRegion | LoadedModule) => start >= 0 && end <= addressLimit;
  const captured = dump.captured.filter(isBelowRange);
  const lost = sizeOf(dump.captured) - sizeOf(captured);
  const text = `a 64-bit dump of a 32-bit process (WOW64): it is read as the process itself sees it, with pointers of 4 bytes; ${lost} bytes beyond 4 GiB, of the layer that runs it, are left out`;
  warnings.add('wow64', text);
  return {
    ...dump,
    architecture,
    pointerSize: 4,
    regions: dump.regions.filter(isBelow),
    captured,
    modules: dump.modules.filter(isBelow),
    threads: dump.threads.map((thread) => asWow64Thread(thread, bytes)),
  };
}

function isBelowRange({ start, size }: CapturedRange): boolean {
  return start >= 0 && start + size <= addressLimit;
}

function sizeOf(ranges: List<CapturedRange>): number {
  return ranges.reduce((sum, { size }) => sum + size, 0);
}

/** The context is that of the 64-bit side: its stack pointer may lie beyond what is left. */
function asWow64Thread({ id, stackPointer, environmentBlock }: Thread, bytes: CapturedBytes): Thread {
  const block = environmentBlock === undefined ? undefined : environmentBlock + tebDistance;
  const self = block === undefined ? undefined : readCaptured(bytes, block + selfOffset, 4)?.getUint32(0, true);
  return {
    id,
    stackPointer:
      stackPointer !== undefined && stackPointer >= 0 && stackPointer < addressLimit ? stackPointer : undefined,
    environmentBlock: self === block ? block : undefined,
  };
}
