// Draws the pictures, one after the other, and writes them into the output folder.
import { setImmediate } from 'node:timers/promises';
import { rowsOf } from '../draw/encode/image-encoder.ts';
import { imageEncoders } from '../draw/encode/index.ts';
import type { ReportPicture } from '../model/leak-report.ts';
import type { DrawnPicture, PictureInput } from '../pictures/picture.ts';
import { rawBlocks } from '../pictures/raw-blocks.ts';
import { rawOverviews } from '../pictures/raw-overview.ts';
import { plannedPictures } from '../pictures/render-pictures.ts';
import type { EmbeddedPicture } from '../reports/index.ts';
import { rawFolder } from './output-folder.ts';
import { say } from './terminal.ts';
import type { ResultsInput } from './write-results.ts';

export interface WrittenPicture {
  readonly row: ReportPicture;
  readonly embedded: EmbeddedPicture;
  readonly drawn: DrawnPicture;
}

/** Rejects with the signal's reason when it is aborted. */
export async function writePictures(input: ResultsInput): Promise<WrittenPicture[]> {
  const { result, report, options, bar } = input;
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
  const planned = plannedPictures(pictureInput);
  const written: WrittenPicture[] = [];
  for (const [index, picture] of planned.entries()) {
    bar.show('drawing', index, planned.length);
    const image = picture.draw();
    const files: Record<string, string> = {};
    let png = new Uint8Array();
    for (const encoder of imageEncoders) {
      const name = `pictures/${picture.id}.${encoder.id}`;
      files[encoder.id] = name;
      const chunks = [...encoder.encode(rowsOf(image))];
      if (encoder.id === 'png') png = Buffer.concat(chunks);
      input.folder.write(name, chunks);
    }
    const { id, title, description } = picture;
    written.push({
      row: { id, title, bmp: files.bmp!, png: files.png!, description },
      embedded: { id, title, description, png, width: image.width, height: image.height, lookup: picture.lookup?.() },
      drawn: picture,
    });
    await setImmediate();
    input.signal.throwIfAborted();
  }
  const depth = options.rawDepth;
  if (depth !== null) {
    await writeRawPictures(input, [...rawOverviews(pictureInput, depth), ...rawBlocks(pictureInput, depth)]);
  }
  return written;
}

/** In a folder of their own, and in no report: whoever attaches the report hands out no memory. */
async function writeRawPictures(input: ResultsInput, pictures: readonly DrawnPicture[]): Promise<void> {
  for (const [index, picture] of pictures.entries()) {
    input.bar.show('drawing raw bytes', index, pictures.length);
    const image = picture.draw();
    for (const encoder of imageEncoders) {
      input.folder.write(`${rawFolder}/${picture.id}.${encoder.id}`, encoder.encode(rowsOf(image)));
    }
    await setImmediate();
    input.signal.throwIfAborted();
  }
  input.bar.stop();
  say(`${rawFolder}/ holds pictures of memory contents, secrets too; the reports do not show them`);
}
