/** Real overviews for the tests in a browser, with what the readout says of them. */
import { encodeWhole, rowsOf } from '../../src/draw/encode/image-encoder.ts';
import { png } from '../../src/draw/encode/png.ts';
import { overview } from '../../src/pictures/overview.ts';
import type { PictureInput } from '../../src/pictures/picture.ts';
import type { EmbeddedPicture } from '../../src/reports/report-format.ts';
import { pace } from '../synth/pace.ts';

export async function drawnOverviews(input: PictureInput): Promise<EmbeddedPicture[]> {
  const drawn = overview.pictures(input).map(async ({ id, title, description, draw, lookup }) => {
    const image = await draw(pace);
    const file = Buffer.concat(await encodeWhole(png, rowsOf(image)));
    return { id, title, description, png: file, width: image.width, height: image.height, lookup: lookup?.() };
  });
  return await Promise.all(drawn);
}
