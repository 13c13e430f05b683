import type { ByteSource } from '../bytes/byte-source.ts';
import type { CapturedRange, Dump, LoadedModule } from '../model/dump.ts';
import type { SymbolTable } from './symbol-table.ts';

/** A module of a dump, to be compared with a file. */
export interface ImageContext {
  readonly dump: Dump;
  readonly module: LoadedModule;
  /** What the dump holds of it; offsets count from the module's start. */
  readonly image: ByteSource;
}

/** A file that a module was loaded from. */
export interface ModuleFile {
  readonly source: ByteSource;
  /** Why it is not the one that was loaded; undefined where it may be. */
  readonly mismatch: string | undefined;
  /** What stood in memory as it stands in the file, by address. */
  readonly ranges: readonly CapturedRange[];
  /** Changes bytes of the file as the loader did, `bytes` being those from `address` on. */
  readonly relocate: ((address: number, bytes: Uint8Array) => void) | undefined;
  /** May throw MalformedDumpError. */
  symbols(): SymbolTable | undefined;
}

/** A module's image in memory. */
export interface OpenedImage {
  /** May throw MalformedDumpError. */
  symbols(): SymbolTable | undefined;
}
