import { layoutOf } from './layout.ts';
import { dumpFacts, dumpTitle } from './page/facts.ts';
import { codeColours, kindLegend } from './page/kind-colours.ts';
import { memoryPage } from './page/memory-page.ts';
import { drawPage, type PageSpec } from './page/page.ts';
import type { Picture, PictureInput } from './picture.ts';

/** The page of one dump, not drawn yet. */
export function overviewPage(input: PictureInput, dump: number): PageSpec {
  return memoryPage(layoutOf(input), {
    title: dumpTitle(input.report, 'Overview', dump),
    facts: dumpFacts(input.report, dump),
    legend: [
      ...kindLegend,
      { kind: 'not-captured', text: 'mapped, not captured' },
      { kind: 'not-mapped', text: 'not mapped' },
      { kind: 'text', text: 'Darker: more of it is zero. Colours tell kinds of words, never values.' },
    ],
    dump,
    painterOf: (band) => {
      const codes = band.cells.cells[dump]!;
      return (cell) => codeColours[codes[cell]!];
    },
  });
}

/** All memory of each dump by what kind of words it holds. */
export const overview = {
  id: 'overview',
  pictures: (input) =>
    input.report.dumps.map((dump, index) => ({
      id: `overview-${index + 1}`,
      title: `Overview, dump ${index + 1}`,
      description: `What the memory in ${dump.path} holds; the same address is on the same pixel in every overview.`,
      draw: () => drawPage(overviewPage(input, index)),
    })),
} as const satisfies Picture;
