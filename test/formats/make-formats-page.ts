/** The generated parts of docs/formats.md. Written by `npx vitest run test/formats/formats-page.test.ts -u`. */
import { compressions } from '../../src/bytes/compressions.ts';
import { dumpFormats } from '../../src/formats/index.ts';
import { compressionNotes } from './compression-notes.ts';
import { formatNotes } from './format-notes.ts';

type Row = readonly string[];

function table(header: Row, rows: readonly Row[]): string {
  const lines = [header, header.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function formatTable(): string {
  const rows = dumpFormats.map(({ id, displayName, reference }) => {
    const { toldBy, writtenBy } = formatNotes[id];
    return [`${displayName} ([layout](${reference}))`, `\`${id}\``, toldBy, writtenBy];
  });
  return table(['format', 'id', 'told by', 'written by'], rows);
}

function compressionTable(): string {
  const rows = compressions.map(({ id }) => {
    const { reads, limits, testedOn } = compressionNotes[id];
    return [`\`${id}\``, reads, limits, testedOn];
  });
  return table(['packer', 'read', 'limits', 'tested on'], rows);
}

function formatPart({ id, displayName }: (typeof dumpFormats)[number]): string {
  const { reads, ignores, testedOn, notTestedOn } = formatNotes[id];
  const untested = notTestedOn === undefined ? '' : ` **Not tested on**: ${notTestedOn}.`;
  return [
    table([displayName, 'what is taken from it'], reads),
    `**Ignored**: ${ignores}.`,
    `**Tested on**: ${testedOn}${untested}`,
  ].join('\n\n');
}

/** By the name in their markers. */
const parts: ReadonlyMap<string, string> = new Map([
  ['formats', formatTable()],
  ['packers', compressionTable()],
  ...dumpFormats.map((format) => [format.id, formatPart(format)] as const),
]);

/** Fills in what stands between the page's markers. Throws where the page has not every part once. */
export function makeFormatsPage(page: string): string {
  const left = new Set(parts.keys());
  const made = page.replaceAll(
    /(<!-- generated: ([\w-]+) -->\n)[\s\S]*?(<!-- end of generated -->)/g,
    (_, begin: string, name: string, end: string) => {
      const part = parts.get(name);
      if (part === undefined || !left.delete(name)) {
        throw new Error(`docs/formats.md: ${name} is no part, or is there twice`);
      }
      return `${begin}\n${part}\n\n${end}`;
    },
  );
  if (left.size > 0) throw new Error(`docs/formats.md lacks ${[...left].join(', ')}`);
  return made;
}
