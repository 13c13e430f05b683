import type { PixelImage } from '../draw/pixel-image.ts';
import type { Memory } from '../memory/memory.ts';
import type { CellMap } from '../model/cell-map.ts';
import type { LeakReport } from '../model/leak-report.ts';
import type { PageMap } from '../model/page-map.ts';
import type { PictureLookup } from '../model/picture-lookup.ts';
import type { Track } from '../model/track.ts';
import type { CellOrder } from './layout/cell-places.ts';

/** Called now and then while a picture is drawn: gives way, and rejects when drawing is to stop. */
export type Pace = () => Promise<void>;

/** What a picture may look at. */
export interface PictureInput {
  readonly report: LeakReport;
  readonly tracks: readonly Track[];
  readonly cellMap: CellMap;
  readonly pageMap: PageMap;
  /** One per dump, for pictures of single blocks (hatch, straightened). */
  readonly memories: readonly Memory[];
  /** Pixels per row of the memory area; undefined lets the layout choose. */
  readonly width: number | undefined;
  /** How cells follow each other; linear unless told. */
  readonly order?: CellOrder | undefined;
  /** Set when the user chose the cell map's bytesPerCell: then a cell is a pixel. Else the layout may merge cells. */
  readonly bytesPerPixel?: number | undefined;
}

/** One image of a picture: its id becomes the file's name. */
export interface DrawnPicture {
  /** Kebab-case: `overview-1`, `hatch-a1`. */
  readonly id: string;
  readonly title: string;
  /** One sentence: what to see in it. */
  readonly description: string;
  readonly draw: (pace: Pace) => Promise<PixelImage>;
  /** Which address stands where, for pictures of all memory in one dump. */
  readonly lookup?: () => PictureLookup;
}

/** A kind of picture. To add one: a file here, and a line in index.ts. */
export interface Picture {
  readonly id: string;
  /** The images this picture makes for an input: one per dump, one per suspect, or none. Drawing itself is lazy. */
  pictures(input: PictureInput): DrawnPicture[];
}
