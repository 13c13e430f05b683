import { loadZstd } from '../../bytes/zstd-block.ts';
import type { DumpFormat, OpenDumpFile } from '../dump-format.ts';

/** Physical memory of a Linux machine, page by page, as makedumpfile writes it unless told otherwise; QEMU too. */
export const kdump = {
  id: 'kdump',
  displayName: 'compressed kdump',
  reference: 'https://github.com/makedumpfile/makedumpfile/blob/master/IMPLEMENTATION',
  probe: isKdump,
  load: loadKdump,
} as const satisfies DumpFormat;

async function loadKdump(): Promise<OpenDumpFile> {
  const { openKdump } = await import('./open-kdump.ts');
  await loadZstd();
  return openKdump;
}

const signatures = ['KDUMP   ', 'DISKDUMP'];

function isKdump(head: Uint8Array): boolean {
  const text = String.fromCharCode(...head.subarray(0, 8));
  return signatures.includes(text);
}
