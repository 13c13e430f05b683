/** What the pictures are made from, by the real scan over bytes that a test made up. */
import { allocators } from '../../src/allocators/index.ts';
import { buildReport } from '../../src/assemble/build-report.ts';
import { diffDumps } from '../../src/diff-dumps.ts';
import { openMemory } from '../../src/memory/dump-memory.ts';
import type { OpenedDump } from '../../src/memory/opened-dump.ts';
import type { PictureInput } from '../../src/pictures/picture.ts';
import { dumpOfRanges } from '../render/dump-of-ranges.ts';

/** Ranges of each dump in capture order. */
export async function diffedInput(
  dumps: readonly Parameters<typeof dumpOfRanges>[0][],
  bytesPerCell?: number,
): Promise<PictureInput> {
  const opened = dumps.map((ranges, index): OpenedDump => {
    const { dump, source } = dumpOfRanges(ranges);
    return {
      path: `${index + 1}.bin`,
      fileBytes: source.size,
      memory: openMemory(dump, source),
      capturedAt: null,
      timeSource: null,
      warnings: [],
      close: () => undefined,
    };
  });
  const { tracks, cellMap, pageMap, ...rest } = await diffDumps(opened, { allocators, withCells: true, bytesPerCell });
  const report = buildReport({ tracks, cellMap, pageMap, ...rest }, { allocators, version: '0.0.0', fullPaths: false });
  return { report, tracks, cellMap, pageMap, memories: opened.map(({ memory }) => memory), width: undefined };
}
