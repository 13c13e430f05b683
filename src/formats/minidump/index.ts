import type { DumpFormat } from '../dump-format.ts';

/** Windows user-mode dumps: MiniDumpWriteDump, ProcDump, Task Manager, WER, Wine, Breakpad and Crashpad. */
export const minidump = {
  id: 'minidump',
  displayName: 'Windows minidump',
  reference: 'https://learn.microsoft.com/windows/win32/api/minidumpapiset/ns-minidumpapiset-minidump_header',
  probe: isMinidump,
  load: async () => (await import('./open-minidump.ts')).openMinidump,
} as const satisfies DumpFormat;

const signature = [0x4d, 0x44, 0x4d, 0x50];

/** True for `MDMP`, or `PMDM` as big-endian machines write it. */
function isMinidump(head: Uint8Array): boolean {
  const matches = signature.every((byte, index) => head[index] === byte);
  return matches || signature.every((byte, index) => head[3 - index] === byte);
}
