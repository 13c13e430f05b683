/** What the pictures are made from, for the process in leaky-process.ts. */
import { type Address, formatAddress } from '../../src/model/address.ts';
import { type CellMap, cellAbsent, cellCode, type TrackCells, wordKinds } from '../../src/model/cell-map.ts';
import type { LeakReport, PerDump, ReportAllocation, ReportDump, ReportRegion } from '../../src/model/leak-report.ts';
import { type PageMap, pageFlags, type TrackPages } from '../../src/model/page-map.ts';
import type { Track } from '../../src/model/track.ts';
import { classifyWordAt, pointsInto } from '../../src/model/word-kind.ts';
import type { PictureInput } from '../../src/pictures/picture.ts';
import { type FakeRegion, fakeMemory } from './fake-memory.ts';

import {
  arenaStart,
  blockStride,
  heapPrefix,
  heapStart,
  nodeStride,
  type SynthRegion,
  synthRegions,
} from './leaky-process.ts';

export interface SynthOptions {
  /** Megabytes of the heap in the three dumps; an arena of a quarter of that comes with the second dump. */
  readonly heapMegabytes?: readonly [number, number, number];
  readonly blockStrideClaimed?: number;
  readonly nodeStrideClaimed?: number;
}

/** What the pictures of that process are made from. */
export function synthPictureInput(options: SynthOptions = {}): PictureInput {
  const sizes = options.heapMegabytes ?? [1, 2.5, 5];
  const regions = synthRegions(sizes);
  const tracks = regions.map(trackOf);
  const memories = [0, 1, 2].map((dump) => fakeMemory(fakeRegions(regions, dump)));
  const report = synthReport(regions, tracks, options);
  return { report, tracks, cellMap: cellMapOf(regions), pageMap: pageMapOf(regions), memories, width: undefined };
}

function fakeRegions(regions: readonly SynthRegion[], dump: number): FakeRegion[] {
  return regions.flatMap(({ start, kind, name, bytes, isCaptured }) =>
    bytes[dump] && isCaptured ? [{ start, kind, name, bytes: bytes[dump] }] : [],
  );
}

function trackOf(region: SynthRegion, index: number): Track {
  const presence = region.bytes.map((bytes) => {
    if (!bytes) return null;
    const piece = { start: region.start, end: region.start + bytes.length };
    return { ...piece, pieces: [piece], mappedBytes: bytes.length, reservedBytes: 0, shift: 0 };
  });
  const end = Math.max(...presence.map((at) => at?.end ?? region.start));
  return {
    id: `r${index + 1}`,
    kind: region.kind,
    name: region.name,
    start: region.start,
    end,
    writable: true,
    presence,
  };
}

function cellMapOf(regions: readonly SynthRegion[]): CellMap {
  const bytesPerCell = 16;
  const ranges = regions.map(({ start, bytes }) => ({
    start,
    end: start + Math.max(...bytes.map((at) => at?.length ?? 0)),
  }));
  const isPointer = pointsInto(ranges);
  const tracks = regions.flatMap((region, index): TrackCells[] => {
    if (!region.inCells) return [];
    const { start, end } = ranges[index]!;
    const cellCount = Math.ceil((end - start) / bytesPerCell);
    const cells = region.bytes.map((bytes) => {
      const codes = new Uint8Array(cellCount).fill(cellAbsent);
      if (bytes && region.isCaptured) fillCells(codes, bytes, bytesPerCell, isPointer);
      return codes;
    });
    return [{ trackId: `r${index + 1}`, start, cellCount, cells }];
  });
  return { bytesPerCell, tracks };
}

const pageBytes = 4096;

function pageMapOf(regions: readonly SynthRegion[]): PageMap {
  const tracks = regions.flatMap((region, index): TrackPages[] => {
    if (!region.inCells) return [];
    const pageCount = Math.ceil(Math.max(...region.bytes.map((bytes) => bytes?.length ?? 0)) / pageBytes);
    const pages = region.bytes.map((_, dump) =>
      Uint8Array.from({ length: pageCount }, (_, page) => flagsOf(region, dump, page)),
    );
    return [{ trackId: `r${index + 1}`, start: region.start, pageCount, pages }];
  });
  return { bytesPerPage: pageBytes, tracks };
}

function flagsOf(region: SynthRegion, dump: number, page: number): number {
  const [before, now] = [dump - 1, dump].map((at) =>
    region.bytes[at]?.subarray(page * pageBytes, (page + 1) * pageBytes),
  );
  if (!region.isCaptured || !now?.length) return 0;
  const holds = now.some((byte) => byte !== 0) ? pageFlags.populated : pageFlags.zero;
  if (dump === 0) return holds;
  if (!before?.length) return holds | pageFlags.new;
  return holds | (Buffer.compare(before, now) === 0 ? pageFlags.unchanged : pageFlags.changed);
}

function fillCells(
  codes: Uint8Array,
  bytes: Uint8Array,
  bytesPerCell: number,
  isPointer: (value: Address) => boolean,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let cell = 0; cell * bytesPerCell < bytes.length; cell++) {
    const counts = new Array<number>(wordKinds.length).fill(0);
    const end = Math.min(bytes.length - 7, (cell + 1) * bytesPerCell);
    for (let at = cell * bytesPerCell; at < end; at += 8) {
      counts[classifyWordAt(view, at, { pointerSize: 8, littleEndian: true, isPointer })]!++;
    }
    const nonZero = counts.slice(1).reduce((sum, count) => sum + count, 0);
    const kind = counts.indexOf(Math.max(...counts.slice(1)), 1);
    codes[cell] = cellCode(kind, nonZero / Math.max(1, nonZero + counts[0]!));
  }
}

function populatedBytes(bytes: Uint8Array): number {
  let populated = 0;
  for (let at = 0; at < bytes.length; at += 4096) {
    const pageBytes = bytes.subarray(at, at + 4096);
    if (pageBytes.some((byte) => byte !== 0)) populated += pageBytes.length;
  }
  return populated;
}

function regionOf(region: SynthRegion, track: Track): ReportRegion {
  const of = <T>(what: (bytes: Uint8Array) => T): PerDump<T> =>
    region.bytes.map((bytes) => (bytes ? what(bytes) : null));
  const mapped = of((bytes) => bytes.length);
  const none = region.bytes.map(() => null);
  return {
    id: track.id,
    start: of(() => formatAddress(region.start, 8)),
    end: of((bytes) => formatAddress(region.start + bytes.length, 8)),
    kind: region.kind,
    name: region.name,
    mappedBytes: mapped,
    capturedBytes: region.isCaptured ? mapped : of(() => 0),
    populatedBytes: of(populatedBytes),
    zeroBytes: of((bytes) => bytes.length - populatedBytes(bytes)),
    liveBytes: none,
    freeBytes: none,
    changes: { unchangedBytes: none, changedBytes: none, newBytes: none },
    growthBytes: (mapped.at(-1) ?? 0) - (mapped[0] ?? 0),
    trend: 'steady',
  };
}

function reportDump(regions: readonly ReportRegion[], dump: number): ReportDump {
  const sum = (pick: (region: ReportRegion) => PerDump<number>) =>
    regions.reduce((total, region) => total + (pick(region)[dump] ?? 0), 0);
  return {
    path: `service-${dump + 1}.core`,
    format: 'elf-core',
    arch: 'x64',
    pointerSize: 8,
    pageSize: 4096,
    processId: 4711,
    run: 1,
    processName: 'service',
    capturedAt: `2026-03-01T14:0${dump * 3}:00.000Z`,
    timeSource: 'dump',
    fileBytes: sum((region) => region.capturedBytes),
    mappedBytes: sum((region) => region.mappedBytes),
    capturedBytes: sum((region) => region.capturedBytes),
    populatedBytes: sum((region) => region.populatedBytes),
    zeroBytes: sum((region) => region.zeroBytes),
    threadCount: 1 + dump,
    moduleCount: 10,
    regionCount: regions.length,
    warnings: [],
  };
}

function suspect(id: string, stride: number, sampleAddresses: readonly string[], counts: number[]): ReportAllocation {
  return {
    id,
    strideBytes: stride,
    linkedTo: null,
    requestBytes: { min: stride - 24, max: stride - 9 },
    allocator: 'glibc malloc',
    method: 'stride',
    counts,
    countError: 0.01,
    freeCounts: counts.map(() => null),
    growthCount: counts.at(-1)! - counts[0]!,
    growthBytes: (counts.at(-1)! - counts[0]!) * stride,
    shareOfGrowth: 0.8,
    bytesPerHour: null,
    confidence: 0.98,
    trend: 'steady',
    regionIds: [],
    sampleAddresses,
    typeName: null,
    fields: [],
    evidence: [],
  };
}

function synthReport(regions: readonly SynthRegion[], tracks: readonly Track[], options: SynthOptions): LeakReport {
  const reported = regions.map((region, index) => regionOf(region, tracks[index]!));
  const dumps = [0, 1, 2].map((dump) => reportDump(reported, dump));
  const heap = reported.find((region) => region.name === '[heap]')!;
  const arena = reported.find((region) => region.name === 'arena 1')!;
  const blocks = heap.mappedBytes.map((bytes) => Math.floor(((bytes ?? 0) - heapPrefix) / blockStride));
  const nodes = arena.mappedBytes.map((bytes) => Math.max(0, Math.floor(((bytes ?? 0) - 2048) / nodeStride)));
  const blockAt = (index: number) => formatAddress(heapStart + heapPrefix + index * blockStride, 8);
  const nodeAt = (index: number) => formatAddress(arenaStart + 2048 + index * nodeStride, 8);
  const first = suspect('a1', options.blockStrideClaimed ?? blockStride, [3, 20, 31, 44].map(blockAt), blocks);
  const second = {
    ...suspect('a2', options.nodeStrideClaimed ?? nodeStride, [9, 300, 301, 700, 1500].map(nodeAt), nodes),
    fields: [
      { offset: 8, size: 8, kind: 'header', detail: "the allocator's size and flags" },
      { offset: 16, size: 8, kind: 'self-pointer', detail: 'to a block of this class at +0x10' },
      { offset: 24, size: 8, kind: 'self-pointer', detail: 'to a block of this class at +0x10' },
      { offset: 32, size: 8, kind: 'counter', detail: 'rises by 1 from block to block' },
      { offset: 40, size: 8, kind: 'module-pointer', detail: 'service+0x1230' },
      { offset: 48, size: 16, kind: 'zero', detail: '' },
      { offset: 64, size: 64, kind: 'text', detail: '' },
      { offset: 128, size: 144, kind: 'zero', detail: '' },
    ],
  } as const;
  const mapped = dumps.map((dump) => dump.mappedBytes);
  return {
    schemaVersion: 1,
    tool: { name: 'leakviz', version: '0.0.0' },
    dumps,
    regions: reported,
    heaps: [],
    allocations: [first, second],
    growth: {
      mappedBytes: mapped,
      populatedBytes: dumps.map((dump) => dump.populatedBytes),
      totalBytes: heap.growthBytes + arena.growthBytes,
      explainedBytes: heap.growthBytes,
      explainedShare: 0.97,
      trend: 'steady',
      bytesPerHour: null,
      timeToLimit: null,
      ratios: { toFirst: mapped.map((bytes) => bytes / mapped[0]!), toPrevious: [1, 1.5, 1.5] },
    },
    verdict: { status: 'leak', summary: 'Blocks of 65,552 bytes leak.', suspects: ['a1', 'a2'], reasons: [] },
    gate: null,
    nextSteps: [],
    contents: null,
    pictures: [],
  };
}
