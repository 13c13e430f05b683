import type { ByteSource } from '../bytes/byte-source.ts';
import { LeakvizError } from '../errors.ts';
import type { Dump } from '../model/dump.ts';
import { settleCapturedRanges } from './captured-ranges.ts';
import type { DumpFormat, OpenOptions } from './dump-format.ts';
import { undescribedRegions } from './undescribed-regions.ts';
import { createWarningLog } from './warnings.ts';

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
  load: async () => openRaw,
} as const satisfies DumpFormat;

function openRaw(source: ByteSource, options: OpenOptions): Dump {
  if (source.size === 0) throw new LeakvizError('empty-file', 'the dump is empty (0 bytes)');
  const log = createWarningLog();
  const whole = [{ start: options.base ?? 0, size: source.size, fileOffset: 0 }];
  const captured = settleCapturedRanges(options.ranges ?? whole, source.size, log);
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
    addressSpace: options.base !== undefined || options.ranges !== undefined ? 'virtual' : 'none',
    regions: undescribedRegions(captured),
    captured,
    modules: [],
    threads: [],
    warnings: log.list(),
  };
}
