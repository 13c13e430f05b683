import type {
  BlockExcerpt,
  BlockField,
  Evidence,
  GateCondition,
  LeakReport,
  NextStep,
  PageChanges,
  ReportAllocation,
  ReportDump,
  ReportGate,
  ReportGrowth,
  ReportHeap,
  ReportPicture,
  ReportRegion,
  ReportVerdict,
  ReportWarning,
} from '../model/leak-report.ts';
import { capReport } from './cap-report.ts';
import type { ReportFormat } from './report-format.ts';

/** Keys in the order in which they are written, with the order of what they hold where that is objects. */
interface KeyOrder {
  readonly [key: string]: KeyOrder | null;
}
/** Makes the compiler find a key of the contract that is missing here. */
type OrderOf<T> = Readonly<Record<keyof T, KeyOrder | null>>;

const warning: OrderOf<ReportWarning> = { code: null, message: null, offset: null };
const dump: OrderOf<ReportDump> = {
  path: null,
  format: null,
  arch: null,
  pointerSize: null,
  pageSize: null,
  processId: null,
  run: null,
  processName: null,
  capturedAt: null,
  timeSource: null,
  fileBytes: null,
  mappedBytes: null,
  capturedBytes: null,
  populatedBytes: null,
  zeroBytes: null,
  threadCount: null,
  moduleCount: null,
  regionCount: null,
  warnings: { ...warning },
};
const changes: OrderOf<PageChanges> = { unchangedBytes: null, changedBytes: null, newBytes: null };
const region: OrderOf<ReportRegion> = {
  id: null,
  start: null,
  end: null,
  kind: null,
  name: null,
  mappedBytes: null,
  capturedBytes: null,
  populatedBytes: null,
  zeroBytes: null,
  liveBytes: null,
  freeBytes: null,
  changes: { ...changes },
  growthBytes: null,
  trend: null,
};
const heap: OrderOf<ReportHeap> = {
  id: null,
  allocator: null,
  name: null,
  address: null,
  liveBlocks: null,
  liveBytes: null,
  freeBlocks: null,
  freeBytes: null,
};
const field: OrderOf<BlockField> = { offset: null, size: null, kind: null, detail: null };
const evidence: OrderOf<Evidence> = { kind: null, for: null, text: null, values: null };
const allocation: OrderOf<ReportAllocation> = {
  id: null,
  strideBytes: null,
  linkedTo: null,
  requestBytes: { min: null, max: null },
  allocator: null,
  method: null,
  counts: null,
  countError: null,
  freeCounts: null,
  growthCount: null,
  growthBytes: null,
  shareOfGrowth: null,
  bytesPerHour: null,
  confidence: null,
  trend: null,
  regionIds: null,
  sampleAddresses: null,
  typeName: null,
  fields: { ...field },
  evidence: { ...evidence },
};
const growth: OrderOf<ReportGrowth> = {
  mappedBytes: null,
  populatedBytes: null,
  totalBytes: null,
  explainedBytes: null,
  explainedShare: null,
  trend: null,
  bytesPerHour: null,
  timeToLimit: { limitBytes: null, hours: null, hoursAtFastest: null, hoursAtSlowest: null },
  ratios: { toFirst: null, toPrevious: null },
};
const verdict: OrderOf<ReportVerdict> = {
  status: null,
  summary: null,
  suspects: null,
  reasons: { code: null, text: null },
};
const picture: OrderOf<ReportPicture> = { id: null, title: null, bmp: null, png: null, description: null };
const condition: OrderOf<GateCondition> = { text: null, holds: null, why: null };
const gate: OrderOf<ReportGate> = { failed: null, conditions: { ...condition }, known: null };
const nextStep: OrderOf<NextStep> = { title: null, tool: null, allocation: null, commands: null };
const excerpt: OrderOf<BlockExcerpt> = { allocation: null, address: null, hex: null, text: null };
const wholeReport: OrderOf<LeakReport> = {
  schemaVersion: null,
  tool: { name: null, version: null },
  dumps: { ...dump },
  regions: { ...region },
  heaps: { ...heap },
  allocations: { ...allocation },
  growth: { ...growth },
  verdict: { ...verdict },
  gate: { ...gate },
  nextSteps: { ...nextStep },
  contents: { ...excerpt },
  pictures: { ...picture },
};

/**
 * What is left unescaped by JSON and yet acts: on a terminal (DEL, C1 controls), in a browser (`<`), in an editor
 * (bidi and zero-width characters, line separators). Written as \u escapes they parse back to the same text.
 */
const acting = /[<\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Nearly all text; the search for single characters takes far longer. */
const harmless = /^[ -;=-~]*$/;

function quote(text: string): string {
  if (harmless.test(text)) return JSON.stringify(text);
  return JSON.stringify(text).replace(acting, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Known keys first, in the contract's order; later additions follow in their own. */
function orderedEntries(value: Readonly<Record<string, unknown>>, order: KeyOrder | null): [string, unknown][] {
  const known = order === null ? [] : Object.keys(order).filter((key) => Object.hasOwn(value, key));
  const added = Object.keys(value).filter((key) => !known.includes(key));
  return [...known, ...added]
    .map((key): [string, unknown] => [key, value[key]])
    .filter(([, item]) => item !== undefined);
}

/** Arrays of plain values stand on one line: a number per dump is read along the line. */
function print(value: unknown, order: KeyOrder | null, indent: string): string {
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (!value.some(isObject)) return `[${value.map((item) => print(item, null, inner)).join(', ')}]`;
    return `[\n${value.map((item) => inner + print(item, order, inner)).join(',\n')}\n${indent}]`;
  }
  if (isObject(value)) {
    const lines = orderedEntries(value, order).map(
      ([key, item]) => `${inner}${quote(key)}: ${print(item, order?.[key] ?? null, inner)}`,
    );
    return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
  }
  return typeof value === 'string' ? quote(value) : (JSON.stringify(value) ?? 'null');
}

/** report.json: the contract for programs, and readable for people. */
export const json = {
  id: 'json',
  fileName: 'report.json',
  write: (report) => `${print(capReport(report), { ...wholeReport }, '')}\n`,
} as const satisfies ReportFormat;
