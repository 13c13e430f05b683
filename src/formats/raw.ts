import type { ByteSource } from '../bytes/byte-source.ts';
import { LeakvizError } from '../errors.ts';
import type { Dump } from '../model/dump.ts';
import type { DumpFormat, OpenOptions } from './dump-format.ts';

/**
 * Any other file: bytes of one range, such as WinDbg's `.writemem` writes. With a base the addresses start there;
 * without one they are offsets in the file. Nothing tells the width of pointers: 8 is assumed, little endian, for
 * that is what nearly every process of today has.
 */
export const raw = {
  id: 'raw',
  displayName: 'raw bytes',
  reference: 'https://learn.microsoft.com/windows-hardware/drivers/debugger/-writemem--write-memory-to-file-',
  probe: () => true,
  open: openRaw,
} as const satisfies DumpFormat;

function openRaw(source: ByteSource, options: OpenOptions): Dump {
  if (source.size === 0) throw new LeakvizError('empty-file', 'the dump is empty (0 bytes)');
  const start = options.base ?? 0;
  const end = start + source.size;
  return {
    format: 'raw',
    operatingSystem: 'unknown',
    architecture: 'unknown',
    pointerSize: 8,
    littleEndian: true,
    pageSize: 4096,
    processId: null,
    processName: null,
    capturedAt: null,
    hasAddresses: options.base !== undefined,
    regions: [{ start, end, kind: 'unknown', name: '', readable: true, writable: true, executable: false }],
    captured: [{ start, size: source.size, fileOffset: 0 }],
    modules: [],
    threads: [],
    warnings: [],
  };
}
