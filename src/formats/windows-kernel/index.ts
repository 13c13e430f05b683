import type { DumpFormat } from '../dump-format.ts';
import { textUpToNul } from '../text.ts';

/** Windows crash dumps of the whole machine: what a blue screen, a debugger or a virtual machine writes. */
export const windowsKernel = {
  id: 'windows-kernel',
  displayName: 'Windows kernel dump',
  reference: 'https://learn.microsoft.com/windows-hardware/drivers/debugger/varieties-of-kernel-mode-dump-files',
  probe: isKernelDump,
  load: async () => (await import('./open-kernel-dump.ts')).openKernelDump,
} as const satisfies DumpFormat;

/** True for `PAGEDUMP` (32 bit) and `PAGEDU64`. */
function isKernelDump(head: Uint8Array): boolean {
  const text = textUpToNul(head.subarray(0, 8));
  return text === 'PAGEDUMP' || text === 'PAGEDU64';
}
