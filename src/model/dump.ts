import type { Address, PointerSize } from './address.ts';
import type { List } from './list.ts';

export const architectures = ['x86', 'x64', 'arm', 'arm64', 'riscv64', 'other', 'unknown'] as const;
export type Architecture = (typeof architectures)[number];

export const regionKinds = ['heap', 'stack', 'image', 'mapped-file', 'private', 'unknown'] as const;
export type RegionKind = (typeof regionKinds)[number];

/**
 * What the addresses of a dump are. Virtual: those that pointers hold. Physical: places in the machine's memory, which
 * pointers do not hold. None: offsets in a file that does not say where its bytes stood.
 */
export type AddressSpace = 'virtual' | 'physical' | 'none';

export type OperatingSystem = 'windows' | 'linux' | 'macos' | 'unknown';

/** A range of addresses with one kind and name, as the dump describes it. `end` is exclusive. */
export interface MemoryRegion {
  readonly start: Address;
  readonly end: Address;
  readonly kind: RegionKind;
  /** Path of the file behind it, or a name such as `[stack]`; empty for anonymous memory. Untrusted text. */
  readonly name: string;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  /** True where the dump does not tell the three: then all are assumed that can be. */
  readonly rightsAreAssumed?: true;
}

/** Bytes that the file really holds for an address. A region without one was not captured, which is not zero. */
export interface CapturedRange {
  readonly start: Address;
  /** Bytes. */
  readonly size: number;
  /** Where the bytes stand in the (unpacked) dump file. */
  readonly fileOffset: number;
}

export interface LoadedModule {
  readonly start: Address;
  readonly end: Address;
  /** Path as the dump gives it. Untrusted text. */
  readonly path: string;
  /** TimeDateStamp of a PE image, as the dump's list of modules has it: tells builds apart. */
  readonly linkTime?: number;
  /** Version of the file, such as 10.0.19041.1. */
  readonly version?: string;
  /** What debuggers find its symbols by: the GNU build-id, or the GUID and age of its PDB. In hex. */
  readonly debugId?: string;
}

export interface Thread {
  readonly id: number;
  /** Undefined where the dump does not say, or its register layout is not known. */
  readonly stackPointer: Address | undefined;
  /** Thread environment block (Windows); undefined elsewhere. */
  readonly environmentBlock: Address | undefined;
}

/** Something damaged or missing that was worked around. */
export interface DumpWarning {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly message: string;
  /** File offset in bytes, where one applies. */
  readonly offset: number | null;
}

/** A fact beyond those that all dumps have, for people to read: `bug check`, `0x000000d1`. Untrusted text. */
export interface DumpDetail {
  readonly name: string;
  readonly value: string;
}

/**
 * What stays the same as long as a program runs, and is another in its next run: when it started, random bytes that the
 * system gave it, and where the system put its stack, its vDSO, its program file, its process block (PEB).
 */
export type RunMarkKind = 'start-time' | 'seed' | 'stack' | 'vdso' | 'program' | 'process-block';

/** Those that a dump tells. Compared, never shown. */
export type RunMarks = Readonly<Partial<Record<RunMarkKind, number>>>;

/** What a dump says about one process, without its bytes. Regions, captured ranges and modules are sorted by start. */
export interface Dump {
  /** Id of the format that read it. */
  readonly format: string;
  readonly operatingSystem: OperatingSystem;
  readonly architecture: Architecture;
  readonly pointerSize: PointerSize;
  readonly littleEndian: boolean;
  readonly pageSize: number;
  readonly processId: number | null;
  /** File name of the program, without directories. Untrusted text. */
  readonly processName: string | null;
  /** True where the file holds a part only, and the rest was taken from others: no other tool can read it. */
  readonly isIncremental?: boolean;
  /** When the dump was taken, by its own word. */
  readonly capturedAt: Date | null;
  readonly addressSpace: AddressSpace;
  /** Accessible memory only: reserved and no-access ranges are left out, for they hold nothing. Never overlapping. */
  readonly regions: List<MemoryRegion>;
  /** True where the dump may leave out memory without a word: then what is in no region may have been mapped. */
  readonly mayLackRegions?: boolean;
  /** Never overlapping. */
  readonly captured: List<CapturedRange>;
  readonly modules: readonly LoadedModule[];
  readonly threads: readonly Thread[];
  /** Left out where the format tells none. */
  readonly runMarks?: RunMarks;
  readonly warnings: readonly DumpWarning[];
  /** Left out where there are none. */
  readonly details?: readonly DumpDetail[];
}
