import type { ByteSource } from '../../bytes/byte-source.ts';
import { union } from '../../model/intervals.ts';
import { settleCapturedRanges } from '../captured-ranges.ts';
import type { DumpFile } from '../dump-format.ts';
import { unknownMachine } from '../lime.ts';
import { physicalDump } from '../physical-memory.ts';
import { createWarningLog } from '../warnings.ts';
import { readAvmlIndex } from './avml-index.ts';
import { openAvmlContent } from './content.ts';

/** See OpenDumpFile. */
export function openAvml(source: ByteSource): DumpFile {
  const warnings = createWarningLog();
  const { ranges, chunks } = readAvmlIndex(source, warnings);
  const content = openAvmlContent(source, chunks);
  const captured = settleCapturedRanges(ranges, content.size, warnings);
  const memory = union(captured.map(({ start, size }) => ({ start, end: start + size })));
  const dump = physicalDump({ format: 'avml', ...unknownMachine, memory, captured }, warnings);
  return { ...dump, content };
}
