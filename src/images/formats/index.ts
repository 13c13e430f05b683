import type { ImageFormat } from '../image-format.ts';
import { bmp } from './bmp.ts';
import { dib } from './dib.ts';
import { gif } from './gif.ts';
import { ico } from './ico.ts';
import { jpeg } from './jpeg.ts';
import { png } from './png.ts';
import { webp } from './webp.ts';

/** Image files that are found in memory. To add one: a file beside this, and a line here. */
export const imageFormats: readonly ImageFormat[] = [png, jpeg, gif, webp, bmp, ico, dib];
