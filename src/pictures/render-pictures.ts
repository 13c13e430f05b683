import type { PixelImage } from '../draw/pixel-image.ts';
import { pictures } from './index.ts';
import type { DrawnPicture, Pace, PictureInput } from './picture.ts';

/** Every picture that an input gives, in the order of the report; none is drawn yet. */
export function plannedPictures(input: PictureInput): DrawnPicture[] {
  return pictures.flatMap((picture) => picture.pictures(input));
}

/** Draws one picture after the other, so that only one image is in memory at a time. */
export async function* drawPictures(
  input: PictureInput,
  pace: Pace,
): AsyncGenerator<{ readonly drawn: DrawnPicture; readonly image: PixelImage }> {
  for (const drawn of plannedPictures(input)) yield { drawn, image: await drawn.draw(pace) };
}
