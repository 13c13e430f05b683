/** Pages for the tests in a browser: made-up pictures, and a report whose names all try to run something. */
import { PNG } from 'pngjs';
import type { LeakReport } from '../../src/model/leak-report.ts';
import type { EmbeddedPicture } from '../../src/reports/report-format.ts';
import { hostileNames } from '../reports/arbitrary-report.ts';
import { reportDump, reportRegion, sampleReport } from '../synth/leak-report.ts';

type Color = readonly [number, number, number];

export const overviewColors: readonly Color[] = [
  [200, 0, 0],
  [0, 200, 0],
  [0, 0, 200],
];

/** A picture of one colour. */
function picture(
  id: string,
  [red, green, blue]: Color = [90, 90, 90],
  size = { width: 1400, height: 1000 },
): EmbeddedPicture {
  const png = new PNG(size);
  for (let pixel = 0; pixel < size.width * size.height; pixel++) png.data.set([red, green, blue, 255], pixel * 4);
  return { id, title: `Title of ${id}`, description: `See ${id}.`, png: PNG.sync.write(png), ...size };
}

export const samplePictures: readonly EmbeddedPicture[] = [
  ...overviewColors.map((color, index) => picture(`overview-${index + 1}`, color)),
  picture('growth-heatmap', [90, 90, 90], { width: 1400, height: 2000 }),
  picture('hatch-a1'),
  picture('straightened-a1'),
  ...overviewColors.map((color, index) => picture(`zero-fill-${index + 1}`, color)),
];

/** A report whose names all try to run something. */
export function hostileReport(): LeakReport {
  const regions = hostileNames.map((name, index) =>
    reportRegion({ id: `r${index + 1}`, name, mappedBytes: [1, 2, 3 + index] }),
  );
  const dumps = hostileNames.slice(0, 3).map((path) => reportDump({ path, processName: path }));
  const summary = hostileNames.join(' ');
  return sampleReport('leak', {
    regions,
    dumps,
    verdict: { status: 'leak', summary, suspects: ['a1'], reasons: [{ code: 'x', text: summary }] },
  });
}
