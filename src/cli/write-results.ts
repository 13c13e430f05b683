// Writes pictures, reports and the bundle into the output folder.
import type { DiffResult } from '../diff-dumps.ts';
import type { LeakReport } from '../model/leak-report.ts';
import { reportFormats } from '../reports/index.ts';
import { bundleName } from './bundle-file.ts';
import type { OutputFolder } from './output-folder.ts';
import { paceOf } from './pace.ts';
import type { ProgressBar } from './progress-bar.ts';
import type { ResolvedOptions } from './resolve-options.ts';
import { say } from './terminal.ts';
import type { WrittenPicture } from './write-pictures.ts';

export interface ResultsInput {
  readonly result: DiffResult;
  readonly report: LeakReport;
  readonly options: ResolvedOptions;
  readonly folder: OutputFolder;
  readonly signal: AbortSignal;
  readonly bar: ProgressBar;
}

/** Returns the report with its pictures. Nothing stands under its final name before the folder is published. */
export async function writeResults(input: ResultsInput): Promise<LeakReport> {
  const drawn = input.options.withPictures ? await (await import('./write-pictures.ts')).writePictures(input) : [];
  const report = { ...input.report, pictures: drawn.map(({ row }) => row) };
  const embedded = drawn.map(({ embedded }) => embedded);
  for (const { id, load } of reportFormats) {
    if (!input.options.reports.includes(id)) continue;
    const format = await load();
    input.folder.write(format.fileName, format.write(report, embedded));
  }
  await writeBundle(input, report, drawn);
  return report;
}

async function writeBundle(
  input: ResultsInput,
  report: LeakReport,
  pictures: readonly WrittenPicture[],
): Promise<void> {
  const { options, folder, signal, bar } = input;
  if (options.bundleBytes === undefined) return;
  bar.show('bundling', 0, 0);
  const { makeBundle } = await import('./write-bundle.ts');
  const { bytes, note } = await makeBundle({
    report,
    formats: options.reports,
    pictures: pictures.map(({ drawn, embedded, row }) => ({ drawn, embedded, file: row.png })),
    limitBytes: options.bundleBytes,
    pace: paceOf(signal),
  });
  folder.write(bundleName, [bytes]);
  bar.stop();
  if (note !== '') say(`${bundleName}: ${note}`);
}
