/** Reports of random shape whose every name and sentence is out to do harm. */
import fc from 'fast-check';
import { architectures, regionKinds } from '../../src/model/dump.ts';
import {
  type BlockField,
  type Evidence,
  fieldKinds,
  type LeakReport,
  methods,
  nextStepTools,
  type PerDump,
  type ReportAllocation,
  type ReportDump,
  type ReportHeap,
  type ReportRegion,
  timeSources,
  trends,
  verdictStatuses,
} from '../../src/model/leak-report.ts';

export const hostileNames = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style><script>alert(1)</script>',
  '</title></head><body onload=alert(1)>',
  '<!-- --><svg/onload=alert(1)>',
  '&lt;script&gt;',
  'javascript:alert(1)',
  '\x1b[31mred\x1b[0m',
  '\x1b]0;title\x07\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\',
  '\x9b31m\x90\x00\x7f\b\b\b',
  'one\ntwo\r\nthree\u2028four\u2029five',
  '\u202egpj.exe',
  '\u2066\u2067\u2068left\u2069',
  'מזיכרון שלום',
  'zero\u200bwidth\ufeff\u{e0041}',
  '| a | b |\n| - | - |',
  '`code` ``more`` ```',
  '![x](http://evil.example/x.png) [y](javascript:alert(1)) @everyone #1',
  '../../../../etc/passwd',
  'C:\\Users\\me\\AppData\\Local\\x.dll',
  '\ud800lone\udc00',
  `Z${'\u0300'.repeat(200)}algo`,
  'A'.repeat(10_000),
  '漢字'.repeat(100),
  '👩‍👩‍👧‍👦 family',
  '',
];

const hostileText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...hostileNames) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 30 })
      .map((codes) => String.fromCharCode(...codes)),
  },
);

const bytes = fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.maxSafeNat());
const signed = fc.oneof(fc.integer(), fc.maxSafeInteger()).map((value) => value + 0);
const share = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0);
const address = fc.integer({ min: 0, max: 0xffff_ffff }).map((value) => `0x${value.toString(16).padStart(16, '0')}`);
const time = fc.integer({ min: 0, max: 4e12 }).map((value) => new Date(value).toISOString());

function perDump<T>(dumps: number, value: fc.Arbitrary<T>): fc.Arbitrary<PerDump<T>> {
  return fc.array(fc.option(value, { nil: null, freq: 4 }), { minLength: dumps, maxLength: dumps });
}

function allDumps<T>(dumps: number, value: fc.Arbitrary<T>): fc.Arbitrary<readonly T[]> {
  return fc.array(value, { minLength: dumps, maxLength: dumps });
}

const dump: fc.Arbitrary<ReportDump> = fc.record({
  path: hostileText,
  format: hostileText,
  arch: fc.constantFrom(...architectures),
  pointerSize: fc.constantFrom(4 as const, 8 as const),
  pageSize: fc.constantFrom(4096, 65536),
  processId: fc.option(fc.nat()),
  run: fc.integer({ min: 1, max: 9 }),
  processName: fc.option(hostileText),
  capturedAt: fc.option(time),
  timeSource: fc.option(fc.constantFrom(...timeSources)),
  fileBytes: bytes,
  mappedBytes: bytes,
  capturedBytes: bytes,
  populatedBytes: bytes,
  zeroBytes: bytes,
  threadCount: fc.nat(),
  moduleCount: fc.nat(),
  regionCount: fc.nat(),
  warnings: fc.array(fc.record({ code: hostileText, message: hostileText, offset: fc.option(fc.maxSafeNat()) }), {
    maxLength: 3,
  }),
});

function region(dumps: number, id: string): fc.Arbitrary<ReportRegion> {
  const sizes = perDump(dumps, bytes);
  return fc.record({
    id: fc.constant(id),
    start: perDump(dumps, address),
    end: perDump(dumps, address),
    kind: fc.constantFrom(...regionKinds),
    name: hostileText,
    mappedBytes: sizes,
    capturedBytes: sizes,
    populatedBytes: sizes,
    zeroBytes: sizes,
    liveBytes: sizes,
    freeBytes: sizes,
    changes: fc.record({ unchangedBytes: sizes, changedBytes: sizes, newBytes: sizes }),
    growthBytes: signed,
    trend: fc.constantFrom(...trends),
  });
}

const field: fc.Arbitrary<BlockField> = fc.record({
  offset: fc.nat(70_000),
  size: fc.nat(70_000),
  kind: fc.constantFrom(...fieldKinds),
  detail: hostileText,
});

const evidence: fc.Arbitrary<Evidence> = fc.record({
  kind: hostileText,
  for: fc.boolean(),
  text: hostileText,
  values: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(signed, hostileText)),
});

function allocation(dumps: number, id: string, regionIds: readonly string[]): fc.Arbitrary<ReportAllocation> {
  return fc.record({
    id: fc.constant(id),
    strideBytes: fc.nat(),
    linkedTo: fc.option(fc.constantFrom('a1', 'a2', 'gone')),
    requestBytes: fc.option(fc.record({ min: fc.nat(), max: fc.nat() })),
    allocator: fc.option(hostileText),
    method: fc.constantFrom(...methods),
    counts: perDump(dumps, fc.nat()),
    countError: share,
    freeCounts: perDump(dumps, fc.nat()),
    growthCount: signed,
    growthBytes: signed,
    shareOfGrowth: share,
    bytesPerHour: fc.option(signed),
    confidence: share,
    trend: fc.constantFrom(...trends),
    regionIds: fc.subarray([...regionIds, 'gone']),
    sampleAddresses: fc.array(fc.oneof(address, hostileText), { maxLength: 4 }),
    typeName: fc.option(hostileText),
    fields: fc.array(field, { maxLength: 4 }),
    evidence: fc.array(evidence, { maxLength: 3 }),
  });
}

function heap(dumps: number): fc.Arbitrary<ReportHeap> {
  const numbers = perDump(dumps, bytes);
  return fc.record({
    id: hostileText,
    allocator: hostileText,
    name: hostileText,
    address,
    liveBlocks: numbers,
    liveBytes: numbers,
    freeBlocks: numbers,
    freeBytes: numbers,
  });
}

function ids(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
}

function reportOf(dumps: number, regionCount: number, allocationCount: number): fc.Arbitrary<LeakReport> {
  const regionIds = ids('r', regionCount);
  const allocationIds = ids('a', allocationCount);
  const ratios = allDumps(
    dumps,
    fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value + 0),
  );
  return fc.record({
    schemaVersion: fc.constant(1 as const),
    tool: fc.constant({ name: 'leakviz', version: '0.1.0' }),
    dumps: allDumps(dumps, dump),
    regions: fc.tuple(...regionIds.map((id) => region(dumps, id))),
    heaps: fc.array(heap(dumps), { maxLength: 3 }),
    allocations: fc.tuple(...allocationIds.map((id) => allocation(dumps, id, regionIds))),
    growth: fc.record({
      mappedBytes: allDumps(dumps, bytes),
      populatedBytes: allDumps(dumps, bytes),
      totalBytes: bytes,
      explainedBytes: bytes,
      explainedShare: share,
      trend: fc.constantFrom(...trends),
      bytesPerHour: fc.option(signed),
      timeToLimit: fc.option(
        fc.record({ limitBytes: bytes, hours: bytes, hoursAtFastest: bytes, hoursAtSlowest: fc.option(bytes) }),
      ),
      ratios: fc.record({ toFirst: ratios, toPrevious: ratios }),
    }),
    verdict: fc.record({
      status: fc.constantFrom(...verdictStatuses),
      summary: hostileText,
      suspects: fc.subarray([...allocationIds]),
      reasons: fc.array(fc.record({ code: hostileText, text: hostileText }), { maxLength: 3 }),
    }),
    gate: fc.option(
      fc.record({
        failed: fc.boolean(),
        conditions: fc.array(fc.record({ text: hostileText, holds: fc.option(fc.boolean()), why: hostileText }), {
          maxLength: 3,
        }),
        known: fc.subarray([...allocationIds, 'gone']),
      }),
    ),
    nextSteps: fc.array(
      fc.record({
        title: hostileText,
        tool: fc.constantFrom(...nextStepTools),
        allocation: fc.option(fc.constantFrom(...allocationIds, 'gone')),
        commands: fc.array(hostileText, { maxLength: 3 }),
      }),
      { maxLength: 3 },
    ),
    contents: fc.option(
      fc.array(
        fc.record({
          allocation: fc.constantFrom(...allocationIds, 'gone'),
          address,
          hex: fc.stringMatching(/^([0-9a-f]{2}){0,40}$/),
          text: fc.array(hostileText, { maxLength: 2 }),
        }),
        { maxLength: 3 },
      ),
    ),
    pictures: fc.array(
      fc.record({ id: hostileText, title: hostileText, bmp: hostileText, png: hostileText, description: hostileText }),
      { maxLength: 3 },
    ),
  });
}

export const arbitraryReport: fc.Arbitrary<LeakReport> = fc
  .tuple(fc.integer({ min: 2, max: 14 }), fc.nat(12), fc.nat(8))
  .chain(([dumps, regions, allocations]) => reportOf(dumps, regions, allocations));
