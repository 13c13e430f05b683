// Packed files, damaged: a small core inside, so that what comes out is looked at too.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openSource } from '../../../src/bytes/decompress.ts';
import { writeZip } from '../../synth/synth-zip.ts';
import { refusing } from '../examine.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { mutate } from '../mutate.ts';

const fixtures = join(import.meta.dirname, '../../bytes/fixtures');
const fixture = (extension: string) => readFileSync(join(fixtures, `content.${extension}`));
const text = Buffer.from('leak '.repeat(5000));

const packed: Readonly<Record<string, Uint8Array>> = {
  gzip: Buffer.concat([gzipSync(text), gzipSync(text, { level: 0 })]),
  zstd: fixture('zst'),
  xz: fixture('xz'),
  lz4: fixture('lz4'),
  bzip2: fixture('bz2'),
  zip: writeZip([{ name: 'a.core', content: text }]),
};

/** A file of a few hundred kilobytes must not grow into a disk full. */
const mostUnpackedBytes = 2 ** 26;

export const packerTargets: readonly FuzzTarget[] = Object.entries(packed).map(([id, original]) => ({
  id: `packer-${id}`,
  oneRoundIn: 5,
  async run(random, folder) {
    const path = join(folder, `packed.${id}`);
    writeFileSync(path, mutate(original, random));
    await refusing(async () => {
      const source = await openSource(path, { tempDir: folder, mostUnpackedBytes });
      try {
        const bytes = new Uint8Array(65536);
        for (let at = 0; at < source.size; at += bytes.length) source.read(at, bytes);
      } finally {
        source.close();
      }
    });
  },
}));
