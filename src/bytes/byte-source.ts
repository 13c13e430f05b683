/** An open file, which other threads of the process can read too: descriptors are the process's. */
export interface OpenFile {
  readonly descriptor: number;
  /** For messages only. */
  readonly path: string;
}

/** Random access to bytes that are too many to hold. Synchronous: reads come from disk, in pieces of a megabyte or so. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** The file that offsets count in; undefined where bytes are put together from elsewhere. */
  readonly file: OpenFile | undefined;
  /** Fills `into` from `offset` on; returns the bytes read, fewer than asked only at the end. Throws LeakvizError. */
  read(offset: number, into: Uint8Array): number;
  close(): void;
}
