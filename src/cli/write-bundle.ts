// One zip with all that was written, small enough for a ticket.
import { type Zippable, zipSync } from 'fflate';
import { encodeWhole, rowsOf } from '../draw/encode/image-encoder.ts';
import { png } from '../draw/encode/png.ts';
import { scaleDown } from '../draw/scale-down.ts';
import type { LeakReport } from '../model/leak-report.ts';
import type { DrawnPicture } from '../pictures/picture.ts';
import { contentsMark, type EmbeddedPicture, type ReportFormatId, reportFormats } from '../reports/index.ts';
import { printBytes } from '../text/print-quantity.ts';

/** Fixed, so that the same reports give the same bundle: the first day a zip can hold, in any time zone. */
const modified = new Date(1980, 0, 1);
/** What pictures are divided by, step by step, until the bundle fits. */
const factors = [1, 2, 4, 8] as const;

export interface BundleInput {
  readonly report: LeakReport;
  readonly formats: readonly ReportFormatId[];
  readonly pictures: readonly BundledPicture[];
  readonly limitBytes: number;
  /** Called between steps, to give way and to stop. */
  readonly pace: () => Promise<void>;
}

export interface BundledPicture {
  readonly drawn: DrawnPicture;
  readonly embedded: EmbeddedPicture;
  /** In the output folder. */
  readonly file: string;
}

export interface Bundle {
  readonly bytes: Uint8Array;
  /** What had to be left out or made smaller; empty when nothing. */
  readonly note: string;
}

/** The bundle, with pictures scaled down, or at last left out, where it would be too large. */
export async function makeBundle(input: BundleInput): Promise<Bundle> {
  let bytes = new Uint8Array();
  for (const factor of factors) {
    const note =
      factor === 1 ? '' : `Pictures are at 1/${factor} of their size, to fit ${printBytes(input.limitBytes)}.`;
    bytes = await pack(input, await scaled(input, factor), note);
    if (bytes.length <= input.limitBytes) return { bytes, note };
  }
  if (input.pictures.length === 0) return { bytes, note: tooLargeNote(bytes, input.limitBytes) };
  const note = `Pictures are left out, to fit ${printBytes(input.limitBytes)}.`;
  bytes = await pack(input, [], note);
  const isTooLarge = bytes.length > input.limitBytes;
  return { bytes, note: isTooLarge ? `${note} ${tooLargeNote(bytes, input.limitBytes)}` : note };
}

function tooLargeNote(bytes: Uint8Array, limitBytes: number): string {
  return `Its reports alone take ${printBytes(bytes.length)}, more than the ${printBytes(limitBytes)} of --bundle-limit: give more, or fewer formats with --report.`;
}

/** The pictures keep the size at which pages show them: places in them stay where they are. */
async function scaled({ pictures, pace }: BundleInput, factor: number): Promise<readonly BundledPicture[]> {
  if (factor === 1) return pictures;
  const smaller: BundledPicture[] = [];
  for (const picture of pictures) {
    const image = scaleDown(await picture.drawn.draw(pace), factor);
    const encoded = Buffer.concat(await encodeWhole(png, rowsOf(image)));
    smaller.push({ ...picture, embedded: { ...picture.embedded, png: encoded } });
    await pace();
  }
  return smaller;
}

async function pack(
  { report, formats }: BundleInput,
  pictures: readonly BundledPicture[],
  note: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const embedded = pictures.map((picture) => picture.embedded);
  const loaded = await Promise.all(reportFormats.filter(({ id }) => formats.includes(id)).map(({ load }) => load()));
  const texts = loaded.map((format) => ({ name: format.fileName, text: format.write(report, embedded) }));
  const names = [...texts.map(({ name }) => name), ...pictures.map(({ file }) => file)];
  const files: Zippable = { 'CONTENTS.txt': [Buffer.from(contents(report, names, note)), { level: 9 }] };
  for (const { name, text } of texts) files[name] = [Buffer.from(text), { level: 9 }];
  // PNGs are packed already.
  for (const { file, embedded } of pictures) files[file] = [embedded.png, { level: 0 }];
  return zipSync(files, { mtime: modified });
}

function contents(report: LeakReport, names: readonly string[], note: string): string {
  const what =
    report.contents === null
      ? 'Names of files, of the process and of its modules; addresses, sizes, counts and times; pictures coloured by kinds of words. No memory contents: no strings, no bytes, no environment, no command line.'
      : `${contentsMark}: bytes and text of the suspects' blocks, as --include-contents asked for.`;
  const lines = [
    `Made by ${report.tool.name} ${report.tool.version}. Begin with ${names[0] ?? 'nothing'}.`,
    '',
    what,
    ...(note === '' ? [] : ['', note]),
    '',
    'BMP files that report.json names are not in here.',
    '',
    ...names,
    '',
  ];
  return lines.join('\n');
}
