import { allocators } from '../../src/allocators/index.ts';
import { buildReport } from '../../src/assemble/build-report.ts';
import { diffDumps } from '../../src/diff-dumps.ts';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { type OpenDumpsOptions, openDumps } from '../../src/open-dumps.ts';

/** What `leakviz diff` reports of the files, without pictures. */
export async function reportOf(paths: readonly string[], options: OpenDumpsOptions = {}): Promise<LeakReport> {
  const dumps = await openDumps(paths, options);
  try {
    const result = await diffDumps(dumps, { allocators, withCells: false, bytesPerCell: undefined });
    return buildReport(result, { allocators, version: '0', fullPaths: false });
  } finally {
    for (const dump of dumps) dump.close();
  }
}
