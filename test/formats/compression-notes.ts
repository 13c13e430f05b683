/** What docs/formats.md says of each way to pack a file. Markdown, in whole words. */
import type { CompressionId } from '../../src/bytes/compressions.ts';

export interface CompressionNotes {
  readonly reads: string;
  /** What is refused or not verified. */
  readonly limits: string;
  readonly testedOn: string;
}

const bySightOnly: CompressionNotes = {
  reads: 'nothing: known by sight only, leakviz asks you to unpack it',
  limits: '–',
  testedOn: 'its first bytes',
};

export const compressionNotes: Readonly<Record<CompressionId, CompressionNotes>> = {
  gzip: { reads: 'all members', limits: '–', testedOn: 'data packed by zlib' },
  zstd: {
    reads: 'all frames, skippable ones too',
    limits: 'windows of up to 128 MiB (`--long=27`)',
    testedOn: 'data packed by zstd; the samples',
  },
  xz: {
    reads: 'LZMA2',
    limits: 'dictionaries of up to 64 MiB, no other filter, checks other than CRC may be refused',
    testedOn: 'data packed by xz',
  },
  lz4: {
    reads: 'frames',
    limits: 'no dictionaries; checksums are not verified',
    testedOn: 'data packed by lz4',
  },
  bzip2: { reads: 'all streams', limits: '–', testedOn: 'data packed by bzip2' },
  zip: {
    reads: 'one file, beside folders and what macOS adds: stored, deflate, bzip2, zstd, xz; ZIP64',
    limits:
      'if there are more files, leakviz names them and asks which to unpack; not encrypted, not in several parts; checksums are not verified',
    testedOn: 'archives of a writer of the tests',
  },
  '7z': bySightOnly,
  cab: bySightOnly,
};
