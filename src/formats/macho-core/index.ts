import type { DumpFormat } from '../dump-format.ts';
import { tellMachO } from './tell-mach-o.ts';

/** Cores of macOS: those that the kernel writes to /cores, and lldb's save-core. */
export const machoCore = {
  id: 'macho-core',
  displayName: 'Mach-O core dump',
  reference: 'https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/loader.h',
  probe: (head) => tellMachO(head) !== undefined,
  load: async () => (await import('./open-macho-core.ts')).openMachoCore,
} as const satisfies DumpFormat;
