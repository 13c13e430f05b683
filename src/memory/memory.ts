import type { OpenFile } from '../bytes/byte-source.ts';
import type { Address } from '../model/address.ts';
import type { Dump } from '../model/dump.ts';

/** The captured ranges' file offsets count in it. */
export interface MemoryFile extends OpenFile {
  /** Bytes of it that count. */
  readonly size: number;
}

/**
 * Reads a process's memory by address. Words come back as numbers (64-bit ones sign-extended, exact for every
 * address); what is not captured comes back as undefined, never as zero. Reading forward in small steps is fast:
 * one window of the file is kept. Byte order is the dump's.
 */
export interface Memory {
  readonly dump: Dump;
  /** Where its bytes are, if one file holds them as they are: other threads of the process read it there. */
  readonly file?: MemoryFile | undefined;
  u8(address: Address): number | undefined;
  u16(address: Address): number | undefined;
  u32(address: Address): number | undefined;
  /** 8 bytes, signed; exact up to 2^53 either way (every canonical address), rounded beyond. */
  i64(address: Address): number | undefined;
  /** A pointer-sized word: i64 in a 64-bit dump, u32 in a 32-bit one. */
  word(address: Address): number | undefined;
  /** Fills `into` from `address` on; returns how many of its bytes are captured without a gap. */
  read(address: Address, into: Uint8Array): number;
  /**
   * Fills `into` from each of these addresses on, one stretch behind the other: stretches that follow one another in the
   * file are read at once. Returns how many bytes it got before the first that is not captured.
   */
  readEach(starts: readonly Address[], sizes: readonly number[], into: Uint8Array): number;
  /** The captured bytes from `address` on without a gap, up to `limit`: how far a walk can go. */
  capturedBytesFrom(address: Address, limit: number): number;
}
