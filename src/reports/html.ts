import { createHash } from 'node:crypto';
import type { LeakReport } from '../model/leak-report.ts';
import { printDuration } from '../text/print-quantity.ts';
import { capReport } from './cap-report.ts';
import { dumpsSection, methodSection } from './html/closing-sections.ts';
import { contentsWarning } from './html/contents-markup.ts';
import { gateSection } from './html/gate-section.ts';
import { growthSection } from './html/growth-section.ts';
import { pageScript } from './html/html-script.ts';
import { pageStyle } from './html/html-style.ts';
import { type SafeHtml, html as template, trustedMarkup } from './html/html-template.ts';
import { heapsSection, regionsSection } from './html/memory-section.ts';
import { nextSection } from './html/next-section.ts';
import { furtherPictures, isOverview, pictureViewer } from './html/picture-section.ts';
import { mostCards, suspectsSection } from './html/suspect-section.ts';
import {
  contentsNav,
  pageTitle,
  type Section,
  sectionMarkup,
  titleBar,
  verdictPicture,
  verdictSection,
} from './html/verdict-section.ts';
import type { EmbeddedPicture, ReportFormat } from './report-format.ts';
import { elapsedTimes, generalSteps, suspectsOf } from './report-view.ts';

/** Pictures that belong to suspects, in the order in which they are shown. */
const suspectPictures = ['hatch', 'straightened'];

/** Each picture goes where it is understood; what is left over is shown after the overviews. */
interface PlacedPictures {
  readonly verdict: EmbeddedPicture | undefined;
  readonly bySuspect: ReadonlyMap<string, readonly EmbeddedPicture[]>;
  readonly overviews: readonly EmbeddedPicture[];
  readonly further: readonly EmbeddedPicture[];
}

function placePictures(report: LeakReport, pictures: readonly EmbeddedPicture[]): PlacedPictures {
  const verdict = verdictPicture(report, pictures);
  const left = pictures.filter((picture) => picture !== verdict);
  const overviews = left.filter(isOverview);
  const bySuspect = new Map(
    suspectsOf(report)
      .slice(0, mostCards)
      .map((suspect) => {
        const ids = suspectPictures.map((kind) => `${kind}-${suspect.id}`);
        return [suspect.id, left.filter((picture) => ids.includes(picture.id))] as const;
      }),
  );
  const placed = new Set([...overviews, ...[...bySuspect.values()].flat()]);
  return { verdict, bySuspect, overviews, further: left.filter((picture) => !placed.has(picture)) };
}

function sections(report: LeakReport, pictures: PlacedPictures): Section[] {
  const suspectCount = suspectsOf(report).length;
  const all: (Section | false)[] = [
    { id: 'growth', title: 'Growth over the dumps', shortTitle: 'Growth', body: growthSection(report) },
    report.allocations.length > 0 && {
      id: 'suspects',
      title: suspectsTitle(report, suspectCount),
      shortTitle: suspectsTitle(report, suspectCount),
      body: suspectsSection(report, (suspect) => pictures.bySuspect.get(suspect.id) ?? []),
    },
    generalSteps(report).length > 0 && {
      id: 'next',
      title: 'What to do next',
      shortTitle: 'Next steps',
      body: nextSection(report),
    },
    { id: 'regions', title: 'Where memory grows', shortTitle: 'Regions', body: regionsSection(report) },
    report.heaps.length > 0 && { id: 'heaps', title: 'Heaps', shortTitle: 'Heaps', body: heapsSection(report.heaps) },
    pictures.overviews.length > 0 && {
      id: 'overviews',
      title: 'The memory of each dump',
      shortTitle: 'Overviews',
      body: pictureViewer(pictures.overviews, dumpLabels(report)),
    },
    pictures.further.length > 0 && {
      id: 'pictures',
      title: 'More pictures',
      shortTitle: 'More pictures',
      body: furtherPictures(pictures.further, dumpLabels(report)),
    },
    { id: 'dumps', title: 'Dumps', shortTitle: 'Dumps', body: dumpsSection(report) },
    { id: 'method', title: 'Method and limits', shortTitle: 'Method and limits', body: methodSection(report) },
  ];
  return all.filter((section) => section !== false);
}

function suspectsTitle(report: LeakReport, count: number): string {
  if (count === 0) return 'Block sizes';
  return report.verdict.status === 'leak' ? 'What leaks' : 'Likely suspects';
}

function dumpLabels(report: LeakReport): string[] {
  const elapsed = elapsedTimes(report);
  return report.dumps.map((_, index) => {
    const time = elapsed === null || index === 0 ? '' : `, ${printDuration(elapsed[index]!)} after the first`;
    return `Dump ${index + 1} of ${report.dumps.length}${time}`;
  });
}

function hashSource(content: string): string {
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
}

/** Nothing is loaded from anywhere; only this style and this script run. */
function securityPolicy(): string {
  return [
    "default-src 'none'",
    'img-src data:',
    `style-src ${hashSource(pageStyle)}`,
    `script-src ${hashSource(pageScript)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function page(report: LeakReport, pictures: PlacedPictures): SafeHtml {
  const parts = sections(report, pictures);
  const { name, version } = report.tool;
  return template`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trustedMarkup(securityPolicy())}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${name} ${version}">
<link rel="icon" href="data:,">
<title>${pageTitle(report)}</title>
<style>${trustedMarkup(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the verdict</a>
${titleBar(report)}
<main id="content">
${contentsWarning(report)}
${verdictSection(report, pictures.verdict)}
${gateSection(report)}
${contentsNav(parts)}
${parts.map(sectionMarkup)}
</main>
<footer><p>Made by ${name} ${version}. The same numbers for programs are in report.json.</p></footer>
<script>${trustedMarkup(pageScript)}</script>
</body>
</html>
`;
}

/** report.html: one file that opens anywhere, with nothing else beside it. */
export const html = {
  id: 'html',
  fileName: 'report.html',
  write(report, pictures) {
    const capped = capReport(report);
    return page(capped, placePictures(capped, pictures)).markup;
  },
} as const satisfies ReportFormat;
