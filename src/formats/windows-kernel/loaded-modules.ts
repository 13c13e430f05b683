import { isExactAddress } from '../../bytes/binary-reader.ts';
import type { Address } from '../../model/address.ts';
import type { LoadedModule } from '../../model/dump.ts';
import { readCaptured } from '../captured-bytes.ts';
import type { WarningLog } from '../warnings.ts';
import { type KernelMemory, pointerAt, readLinkedList, readUnicodeString } from './kernel-memory.ts';

/** KLDR_DATA_TABLE_ENTRY: where its fields stand, by the size of pointers. */
const layouts = {
  4: { size: 0x34, base: 0x18, imageSize: 0x20, fullName: 0x24, baseName: 0x2c },
  8: { size: 0x68, base: 0x30, imageSize: 0x40, fullName: 0x48, baseName: 0x58 },
} as const;

/** No image of the kernel is larger; keeps junk out. */
const largestImage = 1 << 30;

/** Whether an address can be that of a module, and its size one. */
export function isPlausibleModule(start: Address, size: number): boolean {
  return isExactAddress(start) && start !== 0 && start % 0x1000 === 0 && size > 0 && size <= largestImage;
}

/** PsLoadedModuleList in the order of the list: the kernel itself comes first. Paths are as the loader has them. */
export function readLoadedModules(memory: KernelMemory, head: Address, warnings: WarningLog): LoadedModule[] {
  const layout = layouts[memory.pointerSize];
  const { entries, isWhole } = readLinkedList(memory, head);
  if (!isWhole) {
    const text = `the list of modules ends after ${entries.length} of them: the next is not captured, or was listed before`;
    warnings.add('damaged-module-list', text);
  }
  const modules: LoadedModule[] = [];
  for (const entry of entries) {
    const view = readCaptured(memory, entry, layout.size);
    if (view === undefined) continue;
    const start = pointerAt(view, layout.base, memory.pointerSize);
    const size = view.getUint32(layout.imageSize, true);
    if (!isPlausibleModule(start, size)) {
      warnings.add('bad-module', 'a module has no size or an impossible address and is skipped');
      continue;
    }
    const path =
      readUnicodeString(memory, view, layout.fullName) || readUnicodeString(memory, view, layout.baseName) || '';
    if (path === '') warnings.add('bad-module-name', 'the name of a module cannot be read');
    modules.push({ start, end: start + size, path });
  }
  return modules;
}
