// Draws the pictures, one after the other, and writes them into the output folder.
import { bmp } from '../draw/encode/bmp.ts';
import { rowsOf } from '../draw/encode/image-encoder.ts';
import { png } from '../draw/encode/png.ts';
import { type PixelImage, releaseImage } from '../draw/pixel-image.ts';
import type { ReportPicture } from '../model/leak-report.ts';
import type { DrawnPicture, PictureInput } from '../pictures/picture.ts';
import { rawBlocks } from '../pictures/raw-blocks.ts';
import { rawOverviews } from '../pictures/raw-overview.ts';
import { plannedPictures } from '../pictures/render-pictures.ts';
import type { EmbeddedPicture } from '../reports/index.ts';
import { type OutputFolder, rawFolder } from './output-folder.ts';
import { paceOf } from './pace.ts';
import { say } from './terminal.ts';
import type { ResultsInput } from './write-results.ts';

export interface WrittenPicture {
  readonly row: ReportPicture;
  readonly embedded: EmbeddedPicture;
  readonly drawn: DrawnPicture;
}

/** Rejects with the signal's reason when it is aborted. */
export async function writePictures(input: ResultsInput): Promise<WrittenPicture[]> {
  const { result, report, options } = input;
  const pictureInput: PictureInput = {
    report,
    tracks: result.tracks,
    cellMap: result.cellMap,
    pageMap: result.pageMap,
    memories: result.dumps.map((dump) => dump.memory),
    width: options.width,
    order: options.order,
    bytesPerPixel: options.bytesPerCell,
  };
  const { bytesPerCell } = result.cellMap;
  if (options.bytesPerCell !== undefined && bytesPerCell !== options.bytesPerCell) {
    say(
      `--bytes-per-pixel: ${options.bytesPerCell} would take too much memory for these dumps; ${bytesPerCell} is used`,
    );
  }
  const drawn = await draw(input, plannedPictures(pictureInput), 'pictures');
  const depth = options.rawDepth;
  if (depth !== null) {
    await writeRawPictures(input, [...rawOverviews(pictureInput, depth), ...rawBlocks(pictureInput, depth)]);
  }
  return drawn;
}

/** In a folder of their own, and in no report: whoever attaches the report hands out no memory. */
async function writeRawPictures(input: ResultsInput, pictures: readonly DrawnPicture[]): Promise<void> {
  await draw(input, pictures, rawFolder);
  input.bar.stop();
  say(`${rawFolder}/ holds pictures of memory contents, secrets too; the reports do not show them`);
}

/** Pictures that are encoded while the next ones are drawn: more would only take memory. */
const mostInFlight = 2;

/** Draws pictures one after the other; the last ones are compressed, on other threads, meanwhile. */
async function draw(
  { folder, signal, bar }: ResultsInput,
  pictures: readonly DrawnPicture[],
  folderName: string,
): Promise<WrittenPicture[]> {
  const pace = paceOf(signal);
  const written: WrittenPicture[] = [];
  const inFlight: Promise<WrittenPicture>[] = [];
  try {
    for (const [index, picture] of pictures.entries()) {
      bar.show(folderName === rawFolder ? 'drawing raw bytes' : 'drawing', index, pictures.length);
      const image = await picture.draw(pace);
      const encoded = encode(folder, picture, image, folderName);
      // It is awaited later; a failure must not count as unheard before.
      encoded.catch(() => undefined);
      inFlight.push(encoded);
      if (inFlight.length === mostInFlight) written.push(await inFlight.shift()!);
      await pace();
    }
    while (inFlight.length > 0) written.push(await inFlight.shift()!);
  } finally {
    await Promise.allSettled(inFlight);
  }
  return written;
}

async function encode(
  folder: OutputFolder,
  picture: DrawnPicture,
  image: PixelImage,
  folderName: string,
): Promise<WrittenPicture> {
  const rows = rowsOf(image);
  releaseImage(image);
  const { id, title, description } = picture;
  const bmpName = `${folderName}/${id}.bmp`;
  const pngName = `${folderName}/${id}.png`;
  const kept: Uint8Array[] = [];
  const writing = [
    folder.writeBeside(bmpName, bmp.encode(rows)),
    folder.writeBeside(pngName, keeping(png.encode(rows), kept)),
  ];
  // As long as one is under way it reads the rows.
  await Promise.allSettled(writing);
  rows.release();
  await Promise.all(writing);
  return {
    row: { id, title, bmp: bmpName, png: pngName, description },
    embedded: {
      id,
      title,
      description,
      png: Buffer.concat(kept),
      width: image.width,
      height: image.height,
      lookup: picture.lookup?.(),
    },
    drawn: picture,
  };
}

/** The chunks, which the page shows too. */
async function* keeping(chunks: AsyncIterable<Uint8Array>, kept: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    kept.push(chunk);
    yield chunk;
  }
}
