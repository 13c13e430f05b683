/** Reports made up without dumps: one for each verdict, with all that a report can hold, and the parts to make others. */
import type {
  LeakReport,
  PerDump,
  ReportAllocation,
  ReportDump,
  ReportHeap,
  ReportPicture,
  ReportRegion,
  VerdictStatus,
} from '../../src/model/leak-report.ts';

const kb = 1024;
const mb = 1024 * kb;
const start = Date.parse('2026-03-01T14:00:00.000Z');
const minutes = [0, 2.5, 6];

function hex(address: number): string {
  return `0x${address.toString(16).padStart(16, '0')}`;
}

export function reportDump(overrides: Partial<ReportDump> = {}): ReportDump {
  return {
    path: '1.core',
    format: 'elf-core',
    arch: 'x64',
    pointerSize: 8,
    pageSize: 4096,
    processId: 4711,
    run: 1,
    processName: 'serviced',
    capturedAt: '2026-03-01T14:00:00.000Z',
    timeSource: 'dump',
    fileBytes: 9 * mb,
    mappedBytes: 10 * mb,
    capturedBytes: 9 * mb,
    populatedBytes: 6 * mb,
    zeroBytes: 3 * mb,
    threadCount: 3,
    moduleCount: 12,
    regionCount: 48,
    warnings: [],
    ...overrides,
  };
}

/** A region whose mapped and populated bytes are given per dump; null where it is absent. */
export function reportRegion(overrides: Partial<ReportRegion> & { mappedBytes: PerDump<number> }): ReportRegion {
  const { mappedBytes } = overrides;
  const none = mappedBytes.map(() => null);
  const populatedBytes = overrides.populatedBytes ?? mappedBytes;
  const grown = (values: PerDump<number>) => (values.at(-1) ?? 0) - (values[0] ?? 0);
  const growthBytes = Math.max(0, grown(mappedBytes), grown(populatedBytes));
  const base = 0x5500_0000_0000;
  return {
    id: 'r1',
    start: mappedBytes.map((bytes) => (bytes === null ? null : hex(base))),
    end: mappedBytes.map((bytes) => (bytes === null ? null : hex(base + bytes))),
    kind: 'private',
    name: '',
    capturedBytes: mappedBytes,
    populatedBytes,
    zeroBytes: mappedBytes.map((bytes, dump) => (bytes === null ? null : bytes - (populatedBytes[dump] ?? 0))),
    liveBytes: none,
    freeBytes: none,
    changes: { unchangedBytes: none, changedBytes: none, newBytes: none },
    growthBytes,
    trend: growthBytes > 0 ? 'steady' : 'flat',
    ...overrides,
  };
}

/** A class whose numbers follow from its stride and its counts. */
export function reportAllocation(overrides: Partial<ReportAllocation> = {}): ReportAllocation {
  const counts = overrides.counts ?? [108, 262, 500];
  const strideBytes = overrides.strideBytes ?? 65_552;
  const growthCount = (counts.at(-1) ?? 0) - (counts[0] ?? 0);
  return {
    id: 'a1',
    strideBytes,
    linkedTo: null,
    requestBytes: { min: strideBytes - 23, max: strideBytes - 8 },
    allocator: 'glibc malloc',
    method: 'chunk-walk',
    counts,
    countError: 0,
    freeCounts: counts.map(() => 0),
    growthCount,
    growthBytes: growthCount * strideBytes,
    shareOfGrowth: 0.97,
    bytesPerHour: growthCount * strideBytes * 10,
    confidence: 0.98,
    trend: 'steady',
    regionIds: ['r1'],
    sampleAddresses: [0, 1, 2, 3].map((index) => hex(0x5500_0000_1010 + index * strideBytes)),
    typeName: null,
    fields: [],
    evidence: [],
    ...overrides,
  };
}

export function reportHeap(overrides: Partial<ReportHeap> = {}): ReportHeap {
  return {
    id: 'h1',
    allocator: 'glibc malloc',
    name: 'main arena',
    address: hex(0x7f00_0021_5c80),
    liveBlocks: [412, 570, 811],
    liveBytes: [7.1 * mb, 17 * mb, 32 * mb].map(Math.round),
    freeBlocks: [9, 8, 9],
    freeBytes: [12 * kb, 11 * kb, 13 * kb],
    ...overrides,
  };
}

export function reportPicture(id: string, title: string): ReportPicture {
  return { id, title, bmp: `pictures/${id}.bmp`, png: `pictures/${id}.png`, description: `${title}, to look at.` };
}

function sampleDumps(): ReportDump[] {
  const mappedBytes = [10.2, 20.1, 35.2].map((size) => Math.round(size * mb));
  return mappedBytes.map((mapped, index) =>
    reportDump({
      path: `serviced-${index + 1}.core`,
      capturedAt: new Date(start + minutes[index]! * 60_000).toISOString(),
      fileBytes: mapped - mb,
      mappedBytes: mapped,
      capturedBytes: mapped - mb,
      populatedBytes: Math.round((6 + index * 0.4) * mb),
      zeroBytes: mapped - 6 * mb,
      threadCount: 3 + (index === 2 ? 1 : 0),
      regionCount: 48 + index,
      warnings:
        index === 1
          ? [{ code: 'truncated-note', message: 'The note NT_FILE ends early; 3 names are missing.', offset: 0x2d8 }]
          : [],
    }),
  );
}

function sampleRegions(): ReportRegion[] {
  const heap = {
    id: 'r1',
    kind: 'heap',
    name: '[heap]',
    start: [hex(0x5500_0000_0000), hex(0x5500_0000_0000), hex(0x5500_0000_0000)],
  } as const;
  const sizes = [7.1, 17, 31.8].map((size) => Math.round(size * mb));
  return [
    reportRegion({
      ...heap,
      mappedBytes: sizes,
      populatedBytes: sizes.map((size) => Math.round(size / 16)),
      liveBytes: sizes.map((size) => size - 13 * kb),
      freeBytes: sizes.map(() => 13 * kb),
    }),
    reportRegion({ id: 'r2', name: '', mappedBytes: [null, 132 * kb, 200 * kb], trend: 'steady' }),
    reportRegion({
      id: 'r3',
      kind: 'stack',
      name: '[stack]',
      mappedBytes: [132 * kb, 132 * kb, 136 * kb],
      trend: 'jump',
    }),
    ...['libc.so.6', 'libm.so.6', 'serviced', 'ld-linux-x86-64.so.2'].map((name, index) =>
      reportRegion({
        id: `r${index + 4}`,
        kind: 'image',
        name,
        mappedBytes: [1, 1, 1].map(() => (index + 1) * 212 * kb),
      }),
    ),
    reportRegion({
      id: 'r8',
      kind: 'mapped-file',
      name: 'locale-archive',
      mappedBytes: [348 * kb, 348 * kb, 300 * kb],
      trend: 'shrinking',
    }),
  ];
}

const sampleFields: ReportAllocation['fields'] = [
  { offset: 0, size: 16, kind: 'header', detail: 'size and flags of the chunk' },
  { offset: 16, size: 8, kind: 'module-pointer', detail: 'serviced+0x3d10' },
  { offset: 24, size: 8, kind: 'self-pointer', detail: 'to a block of this class at +0x10' },
  { offset: 32, size: 8, kind: 'counter', detail: 'rises by 1 from block to block' },
  { offset: 40, size: 8, kind: 'small-integer', detail: '' },
  { offset: 48, size: 208, kind: 'text', detail: '' },
  { offset: 256, size: 65_296, kind: 'zero', detail: '' },
];

const sampleEvidence: ReportAllocation['evidence'] = [
  { kind: 'chunk-walk', for: true, text: 'Every block was counted by walking the heap (glibc malloc).', values: {} },
  {
    kind: 'growth-beyond-churn',
    for: true,
    text: 'Grows in every step; 41 times what its own coming and going explains.',
    values: { deviations: 41 },
  },
  {
    kind: 'blocks-stay',
    for: true,
    text: '100% of its blocks are still there in the next dump (362 followed).',
    values: { sampled: 362 },
  },
  {
    kind: 'one-value',
    for: false,
    text: 'Three dumps only: a fourth would tell a slow cache from a leak.',
    values: {},
  },
];

function sampleAllocations(): ReportAllocation[] {
  return [
    reportAllocation({ fields: sampleFields, evidence: sampleEvidence }),
    reportAllocation({
      id: 'a2',
      strideBytes: 288,
      counts: [900, 1180, 1604],
      shareOfGrowth: 0.008,
      confidence: 0.82,
      method: 'stride',
      countError: 0.02,
      allocator: null,
      freeCounts: [null, null, null],
    }),
    reportAllocation({
      id: 'a3',
      strideBytes: 80,
      counts: [1204, 1199, 1210],
      shareOfGrowth: 0,
      trend: 'sawtooth',
      confidence: 0.6,
    }),
    reportAllocation({ id: 'a4', strideBytes: 1040, counts: [64, 64, 64], shareOfGrowth: 0, trend: 'flat' }),
  ];
}

const verdicts: Readonly<
  Record<VerdictStatus, { summary: string; suspects: string[]; reasons: { code: string; text: string }[] }>
> = {
  leak: {
    summary:
      'Blocks of 65,552 bytes (requests of 65,529 to 65,544) pile up: 108 → 262 → 500, +24.5 MB, 97% of the growth, 245 MB/h.',
    suspects: ['a1', 'a2'],
    reasons: [
      {
        code: 'grows-beyond-churn',
        text: 'It grows in every step, 41 times more than what comes and goes in this process explains.',
      },
    ],
  },
  growth: {
    summary: 'Memory grew by 24.7 MB; likely blocks of 65,552 bytes pile up: 108 → 500.',
    suspects: ['a1'],
    reasons: [
      { code: 'two-dumps', text: 'Two dumps cannot tell a leak from a one-time growth; take a third one later.' },
    ],
  },
  none: {
    summary: 'No leak seen. Nothing grows beyond what comes and goes in this process.',
    suspects: [],
    reasons: [{ code: 'flat', text: 'No class grows materially.' }],
  },
  inconclusive: {
    summary: 'Cannot be told from these dumps. They hold stacks and modules only.',
    suspects: [],
    reasons: [{ code: 'no-heap', text: 'No heap memory was captured; capture dumps with full memory.' }],
  },
};

/** A whole report with the given verdict: three dumps, a heap that grows, a stack that jumps, modules that stay. */
export function sampleReport(status: VerdictStatus = 'leak', overrides: Partial<LeakReport> = {}): LeakReport {
  const dumps = sampleDumps();
  const mappedBytes = dumps.map((dump) => dump.mappedBytes);
  const regions = sampleRegions();
  const totalBytes = regions.reduce((sum, region) => sum + region.growthBytes, 0);
  return {
    schemaVersion: 1,
    tool: { name: 'leakviz', version: '0.1.0' },
    dumps,
    regions,
    heaps: [
      reportHeap(),
      reportHeap({
        id: 'h2',
        name: 'arena 2',
        liveBytes: [null, 90 * kb, 160 * kb],
        liveBlocks: [null, 40, 90],
        freeBytes: [null, 8 * kb, 9 * kb],
        freeBlocks: [null, 3, 3],
      }),
    ],
    allocations: sampleAllocations(),
    growth: {
      mappedBytes,
      populatedBytes: dumps.map((dump) => dump.populatedBytes),
      totalBytes,
      explainedBytes: Math.round(totalBytes * 0.98),
      explainedShare: 0.98,
      trend: 'steady',
      bytesPerHour: totalBytes * 10,
      timeToLimit: null,
      ratios: {
        toFirst: mappedBytes.map((bytes) => bytes / mappedBytes[0]!),
        toPrevious: mappedBytes.map((bytes, index) => bytes / mappedBytes[Math.max(0, index - 1)]!),
      },
    },
    verdict: { status, ...verdicts[status] },
    gate: {
      failed: status === 'leak',
      conditions: [{ text: 'leak', holds: status === 'leak', why: `The verdict is ${status}.` }],
      known: [],
    },
    nextSteps: [
      {
        title: 'Look at blocks of 65,552 bytes in gdb',
        tool: 'gdb',
        allocation: 'a1',
        commands: ['gdb -c serviced-3.core', 'x/8gx 0x0000550000001010'],
      },
    ],
    contents: null,
    pictures: [
      ...dumps.map((_, index) => reportPicture(`overview-${index + 1}`, `Memory of dump ${index + 1}`)),
      reportPicture('growth-heatmap', 'Where memory filled up'),
      reportPicture('hatch-a1', 'Blocks of 65,552 bytes'),
      reportPicture('straightened-a1', 'One block per row'),
    ],
    ...overrides,
  };
}
