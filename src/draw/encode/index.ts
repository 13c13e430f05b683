import { bmp } from './bmp.ts';
import type { ImageEncoder } from './image-encoder.ts';
import { png } from './png.ts';

/** Image files that leakviz writes. To add one: a file beside this, and a line here. */
export const imageEncoders = [bmp, png] as const satisfies readonly ImageEncoder[];
