// leakviz as a library: the same steps as `leakviz diff`, which prints, draws and writes around them.
//
//   const dumps = await openDumps(['a.dmp', 'b.dmp', 'c.dmp']);
//   const result = await diffDumps(dumps, { allocators, withCells: false, bytesPerCell: undefined });
//   const report = buildReport(result, { allocators, version: '1.0.0', fullPaths: false });
//   for (const dump of dumps) dump.close();

export type { Allocator, BlockVisitor, Heap, RequestRange } from './allocators/allocator.ts';
export { allocators } from './allocators/index.ts';
export { buildReport, type ReportOptions } from './assemble/build-report.ts';
export { type DiffOptions, type DiffResult, diffDumps, type Progress } from './diff-dumps.ts';
export { type ErrorCode, LeakvizError, MalformedDumpError } from './errors.ts';
export type { DumpFormat } from './formats/dump-format.ts';
export { dumpFormats } from './formats/index.ts';
export type { Memory } from './memory/memory.ts';
export type { OpenedDump } from './memory/opened-dump.ts';
export type { Dump } from './model/dump.ts';
export type {
  BlockField,
  Evidence,
  LeakReport,
  ReportAllocation,
  ReportDump,
  ReportGrowth,
  ReportHeap,
  ReportPicture,
  ReportRegion,
  ReportVerdict,
  ReportWarning,
} from './model/leak-report.ts';
export { type OpenDumpsOptions, openDumps } from './open-dumps.ts';
export { type EmbeddedPicture, type LoadableReportFormat, type ReportFormat, reportFormats } from './reports/index.ts';
