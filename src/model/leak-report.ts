import type { PointerSize } from './address.ts';
import type { Architecture, RegionKind } from './dump.ts';

/** How something went over the dumps. */
export const trends = ['steady', 'saturating', 'sawtooth', 'jump', 'flat', 'shrinking'] as const;
export type Trend = (typeof trends)[number];

export const verdictStatuses = ['leak', 'growth', 'none', 'inconclusive'] as const;
export type VerdictStatus = (typeof verdictStatuses)[number];

export const fieldKinds = [
  'constant',
  'module-pointer',
  'self-pointer',
  'heap-pointer',
  'counter',
  'small-integer',
  'text',
  'zero',
  'random',
  'header',
] as const;
export type FieldKind = (typeof fieldKinds)[number];

export const timeSources = ['dump', 'file', 'argument'] as const;
export type TimeSource = (typeof timeSources)[number];

export const methods = ['chunk-walk', 'stride'] as const;
export type Method = (typeof methods)[number];

export interface ReportWarning {
  readonly code: string;
  readonly message: string;
  readonly offset: number | null;
}

export interface ReportDump {
  /** File name without directories, unless full paths were asked for. */
  readonly path: string;
  readonly format: string;
  readonly arch: Architecture;
  readonly pointerSize: PointerSize;
  readonly pageSize: number;
  readonly processId: number | null;
  /** Which run of the program it is of, counted from 1; dumps of one run have the same. */
  readonly run: number;
  readonly processName: string | null;
  /** ISO 8601, or null when no time is known. */
  readonly capturedAt: string | null;
  readonly timeSource: TimeSource | null;
  readonly fileBytes: number;
  readonly mappedBytes: number;
  readonly capturedBytes: number;
  /** Captured bytes on pages that are not all zero. */
  readonly populatedBytes: number;
  /** Captured bytes that are zero, wherever they stand. */
  readonly zeroBytes: number;
  readonly threadCount: number;
  readonly moduleCount: number;
  readonly regionCount: number;
  readonly warnings: readonly ReportWarning[];
}

/** One value per dump in capture order; null where the track is absent or the number is not known. */
export type PerDump<T> = readonly (T | null)[];

/** What became of a track's captured pages since the dump before; bytes. The first dump has nulls. */
export interface PageChanges {
  readonly unchangedBytes: PerDump<number>;
  readonly changedBytes: PerDump<number>;
  readonly newBytes: PerDump<number>;
}

export interface ReportRegion {
  readonly id: string;
  readonly start: PerDump<string>;
  readonly end: PerDump<string>;
  readonly kind: RegionKind;
  /** File name of the module, allocator's heap name, or empty. */
  readonly name: string;
  readonly mappedBytes: PerDump<number>;
  readonly capturedBytes: PerDump<number>;
  readonly populatedBytes: PerDump<number>;
  readonly zeroBytes: PerDump<number>;
  readonly liveBytes: PerDump<number>;
  readonly freeBytes: PerDump<number>;
  readonly changes: PageChanges;
  readonly growthBytes: number;
  readonly trend: Trend;
}

export interface BlockField {
  /** Bytes from the block's start. */
  readonly offset: number;
  readonly size: number;
  readonly kind: FieldKind;
  /** In words, without values: `libfoo.so+0x3d10`, `to a block of this class at +0x10`. */
  readonly detail: string;
}

export interface Evidence {
  /** Kebab-case. */
  readonly kind: string;
  /** Whether it speaks for this class being a leak of this size. */
  readonly for: boolean;
  readonly text: string;
  readonly values: Readonly<Record<string, number | string>>;
}

export interface ReportAllocation {
  readonly id: string;
  readonly strideBytes: number;
  /** The class that the same request also ends up in, when it grows along. */
  readonly linkedTo: string | null;
  readonly requestBytes: { readonly min: number; readonly max: number } | null;
  readonly allocator: string | null;
  readonly method: Method;
  readonly counts: PerDump<number>;
  /** Relative bound of the counts' error; 0 when walked. */
  readonly countError: number;
  readonly freeCounts: PerDump<number>;
  readonly growthCount: number;
  readonly growthBytes: number;
  /** Of the total growth, 0 to 1. */
  readonly shareOfGrowth: number;
  readonly bytesPerHour: number | null;
  /** 0 to 1: how sure the size and the count are. */
  readonly confidence: number;
  readonly trend: Trend;
  readonly regionIds: readonly string[];
  readonly sampleAddresses: readonly string[];
  readonly typeName: string | null;
  readonly fields: readonly BlockField[];
  readonly evidence: readonly Evidence[];
}

export interface ReportHeap {
  readonly id: string;
  readonly allocator: string;
  readonly name: string;
  readonly address: string;
  readonly liveBlocks: PerDump<number>;
  readonly liveBytes: PerDump<number>;
  readonly freeBlocks: PerDump<number>;
  readonly freeBytes: PerDump<number>;
}

/** When the process reaches a given size if it goes on like this. */
export interface TimeToLimit {
  readonly limitBytes: number;
  /** From the last dump on, at the mean rate; 0 when the limit is reached already. */
  readonly hours: number;
  /** At the rates of the fastest and the slowest step; null when the process did not grow in every step. */
  readonly hoursAtFastest: number;
  readonly hoursAtSlowest: number | null;
}

export interface ReportGrowth {
  readonly mappedBytes: readonly number[];
  readonly populatedBytes: readonly number[];
  readonly totalBytes: number;
  readonly explainedBytes: number;
  readonly explainedShare: number;
  readonly trend: Trend;
  readonly bytesPerHour: number | null;
  /** Null when no limit was given, no time is known, or nothing grows. */
  readonly timeToLimit: TimeToLimit | null;
  /** Of the process's mapped bytes. */
  readonly ratios: { readonly toFirst: readonly number[]; readonly toPrevious: readonly number[] };
}

export interface ReportVerdict {
  readonly status: VerdictStatus;
  /** One sentence for the top of a ticket. */
  readonly summary: string;
  /** Ids of allocation classes. For `leak` those that leak; for `growth` the likely ones, if any. */
  readonly suspects: readonly string[];
  readonly reasons: readonly { readonly code: string; readonly text: string }[];
}

export interface ReportPicture {
  readonly id: string;
  readonly title: string;
  /** File names relative to the report. */
  readonly bmp: string;
  readonly png: string;
  readonly description: string;
}

/** One condition of `--fail-on`, and whether it holds. */
export interface GateCondition {
  /** As it was given. */
  readonly text: string;
  /** Null where these dumps do not let it be judged, which fails the gate like true. */
  readonly holds: boolean | null;
  /** One sentence with the numbers that decided. */
  readonly why: string;
}

/** What `--fail-on` came to. */
export interface ReportGate {
  readonly conditions: readonly GateCondition[];
  readonly failed: boolean;
  /** Ids of the classes whose growth the baseline accepts: no condition counts them. */
  readonly known: readonly string[];
}

export const nextStepTools = ['windbg', 'gdb', 'lldb', 'chap', 'shell'] as const;
export type NextStepTool = (typeof nextStepTools)[number];

/** Something to do next, in commands that can be copied. */
export interface NextStep {
  readonly title: string;
  /** What the commands are typed into. */
  readonly tool: NextStepTool;
  /** Id of the class that it is about; null where it is about the process. */
  readonly allocation: string | null;
  readonly commands: readonly string[];
}

/** Bytes of one block, from its start. Only there when they were asked for. */
export interface BlockExcerpt {
  readonly allocation: string;
  readonly address: string;
  /** Two hex digits per byte. */
  readonly hex: string;
  /** What of it reads as text, in ASCII and UTF-16; each a run of characters. */
  readonly text: readonly string[];
}

/** Everything that a report may show: report.json, word for word. Plain JSON; sizes in bytes, shares 0 to 1. */
export interface LeakReport {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly dumps: readonly ReportDump[];
  readonly regions: readonly ReportRegion[];
  readonly heaps: readonly ReportHeap[];
  readonly allocations: readonly ReportAllocation[];
  readonly growth: ReportGrowth;
  readonly verdict: ReportVerdict;
  /** Null where no gate was asked for. */
  readonly gate: ReportGate | null;
  readonly nextSteps: readonly NextStep[];
  /** Memory contents; null unless they were asked for. */
  readonly contents: readonly BlockExcerpt[] | null;
  readonly pictures: readonly ReportPicture[];
}
