/** Real overviews for the tests in a browser, with what the readout says of them. */
import { rowsOf } from '../../src/draw/encode/image-encoder.ts';
import { png } from '../../src/draw/encode/png.ts';
import { overview } from '../../src/pictures/overview.ts';
import type { PictureInput } from '../../src/pictures/picture.ts';
import type { EmbeddedPicture } from '../../src/reports/report-format.ts';

export function drawnOverviews(input: PictureInput): EmbeddedPicture[] {
  return overview.pictures(input).map(({ id, title, description, draw, lookup }) => {
    const image = draw();
    const file = Buffer.concat([...png.encode(rowsOf(image))]);
    return { id, title, description, png: file, width: image.width, height: image.height, lookup: lookup?.() };
  });
}
