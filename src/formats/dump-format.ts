import type { ByteSource } from '../bytes/byte-source.ts';
import type { Address } from '../model/address.ts';
import type { CapturedRange, Dump } from '../model/dump.ts';

export interface OpenOptions {
  /** Address of the first byte of a raw file; other formats know better and ignore it. */
  readonly base?: Address;
  /** Where the ranges of a raw file stand; instead of a base. In any order. */
  readonly ranges?: readonly CapturedRange[];
}

/** What a dump file says, and its memory where the file packs it. */
export interface DumpFile extends Dump {
  /** The unpacked memory, in which the file offsets of captured ranges count; unless given, that is the file itself. */
  readonly content?: ByteSource;
}

/**
 * Reads headers only; the memory itself stays in the source. Damaged parts become warnings and the rest is used;
 * throws MalformedDumpError when nothing can be used.
 */
export type OpenDumpFile = (source: ByteSource, options: OpenOptions) => DumpFile;

/** One dump format. To add one: a file or folder here, and a line in index.ts. */
export interface DumpFormat {
  /** Kebab-case; stands in reports and docs. */
  readonly id: string;
  readonly displayName: string;
  /** Where the layout is described. */
  readonly reference: string;
  /** True when the first bytes (4 KiB at most) look like this format. Pure, cheap, never throws. */
  probe(head: Uint8Array): boolean;
  /** What reads such files. Most runs see one format: large readers are imported here. */
  load(): Promise<OpenDumpFile>;
}
