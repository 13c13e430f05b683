import type { ByteSource } from '../../src/bytes/byte-source.ts';
import type { DumpFile, OpenOptions } from '../../src/formats/dump-format.ts';
import { dumpFormats, findFormat } from '../../src/formats/index.ts';

const readers = new Map(
  await Promise.all(dumpFormats.map(async ({ id, load }) => [id as string, await load()] as const)),
);

/** What formats/index.ts does, with all readers loaded before. */
export function openDump(source: ByteSource, options: OpenOptions = {}): DumpFile {
  return readers.get(findFormat(source).id)!(source, options);
}
