import type { ByteSource } from '../../src/bytes/byte-source.ts';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { raw } from '../../src/formats/raw.ts';
import type { Dump } from '../../src/model/dump.ts';

const openRaw = await raw.load();

/** A raw dump that holds these ranges one after the other. */
export function dumpOfRanges(ranges: readonly { readonly start: number; readonly bytes: Uint8Array }[]): {
  readonly dump: Dump;
  readonly source: ByteSource;
} {
  const source = memorySource(Buffer.concat(ranges.map(({ bytes }) => bytes)));
  let fileOffset = 0;
  const placed = ranges.map(({ start, bytes }) => {
    fileOffset += bytes.length;
    return { start, size: bytes.length, fileOffset: fileOffset - bytes.length };
  });
  return { dump: openRaw(source, { ranges: placed }), source };
}
