// What users do with a dump, from the file to the words on the terminal, in one process.
import { allocators } from '../../src/allocators/index.ts';
import { buildReport } from '../../src/assemble/build-report.ts';
import { diffDumps } from '../../src/diff-dumps.ts';
import { LeakvizError } from '../../src/errors.ts';
import { inspectDump } from '../../src/inspect/inspect-dump.ts';
import type { OpenedDump } from '../../src/memory/opened-dump.ts';
import { openDumps } from '../../src/open-dumps.ts';
import { plannedPictures } from '../../src/pictures/render-pictures.ts';
import { printDumpFacts } from '../../src/reports/dump-facts.ts';
import { printSummary, reportFormats } from '../../src/reports/index.ts';
import { openSymbols } from '../../src/symbols/open-symbols.ts';
import { acting, sgr } from '../reports/acting.ts';
import type { Random } from './random.ts';

const terminal = { columns: 80, color: true, unicode: true };

/** Bad input may be refused; whatever else is thrown is a finding. */
export async function refusing(work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof LeakvizError)) throw error;
  }
}

/** `leakviz info` of each file. */
export async function examineFiles(paths: readonly string[], random: Random): Promise<void> {
  await refusing(async () => {
    const dumps = await openDumps(paths);
    try {
      for (const dump of dumps) await examineOne(dump);
      if (dumps.length > 1) await examineSeries(dumps, random);
    } finally {
      for (const dump of dumps) dump.close();
    }
  });
}

async function examineOne(dump: OpenedDump): Promise<void> {
  const facts = await inspectDump(dump, { allocators });
  JSON.stringify(facts);
  checkPrinted(printDumpFacts(facts, terminal, true));
}

/** `leakviz diff`, now and then with one of the pictures: they take longer than all the rest. */
export async function examineSeries(dumps: readonly OpenedDump[], random: Random): Promise<void> {
  const withCells = random.chance(0.05);
  const result = await diffDumps(dumps, { allocators, withCells, bytesPerCell: undefined });
  const symbols = openSymbols(dumps.at(-1)!.memory);
  try {
    const includeContents = random.chance(0.5);
    const report = buildReport(result, {
      allocators,
      version: '0',
      fullPaths: random.chance(0.5),
      includeContents,
      symbols,
    });
    for (const { load } of reportFormats) {
      const format = await load();
      const text = format.write(report, []);
      if (acting.test(text)) throw new Error(`${format.id}: ${JSON.stringify(acting.exec(text))}`);
    }
    checkPrinted(printSummary(report, terminal));
    if (withCells) await drawOne(result, report, random);
  } finally {
    symbols.close();
  }
}

async function drawOne(
  result: Awaited<ReturnType<typeof diffDumps>>,
  report: ReturnType<typeof buildReport>,
  random: Random,
): Promise<void> {
  const planned = plannedPictures({
    report,
    tracks: result.tracks,
    cellMap: result.cellMap,
    pageMap: result.pageMap,
    memories: result.dumps.map(({ memory }) => memory),
    width: 256,
    order: random.pick(['linear', 'hilbert'] as const),
    bytesPerPixel: undefined,
  });
  if (planned.length > 0) await random.pick(planned).draw(async () => {});
}

function checkPrinted(printed: string): void {
  const text = printed.replace(sgr, '');
  if (acting.test(text)) throw new Error(`on the terminal: ${JSON.stringify(acting.exec(text))}`);
}
