/** Random access to bytes that are too many to hold. Synchronous: reads come from disk, in pieces of a megabyte or so. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** Fills `into` from `offset` on; returns the bytes read, fewer than asked only at the end. Throws LeakvizError. */
  read(offset: number, into: Uint8Array): number;
  close(): void;
}
