import type { ByteSource } from '../../bytes/byte-source.ts';
import { union } from '../../model/intervals.ts';
import { settleCapturedRanges } from '../captured-ranges.ts';
import type { DumpFile, DumpFormat } from '../dump-format.ts';
import { isRangeHeader, unknownMachine } from '../lime.ts';
import { physicalDump } from '../physical-memory.ts';
import { createWarningLog } from '../warnings.ts';
import { avmlMagic, readAvmlIndex } from './avml-index.ts';
import { openAvmlContent } from './content.ts';

/** Physical memory of a Linux machine as AVML writes it with --compress: LiME's ranges, each packed with Snappy. */
export const avml = {
  id: 'avml',
  displayName: 'AVML memory dump, compressed',
  reference: 'https://github.com/microsoft/avml/blob/main/src/image.rs',
  probe: (head) => isRangeHeader(head, avmlMagic, 2),
  open: openAvml,
} as const satisfies DumpFormat;

function openAvml(source: ByteSource): DumpFile {
  const warnings = createWarningLog();
  const { ranges, chunks } = readAvmlIndex(source, warnings);
  const content = openAvmlContent(source, chunks);
  const captured = settleCapturedRanges(ranges, content.size, warnings);
  const memory = union(captured.map(({ start, size }) => ({ start, end: start + size })));
  const dump = physicalDump({ format: 'avml', ...unknownMachine, memory, captured }, warnings);
  return { ...dump, content };
}
