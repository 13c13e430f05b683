import type { ColourScale } from '../../draw/colour-scale.ts';
import type { Point } from '../../draw/draw-line.ts';
import type { Colour, PixelImage, Rect } from '../../draw/pixel-image.ts';
import type { Pace } from '../picture.ts';

/** A line of text in one style; parts of a note stand below each other. */
export interface TextLine {
  readonly text: string;
  readonly colour: Colour;
  readonly bold?: boolean;
}

/** Something said beside the content about one height of it. Pixels from the content's top. */
export interface SideNote {
  /** The row it speaks of. */
  readonly at: number;
  /** None where only the span is marked. */
  readonly lines: readonly TextLine[];
  /** Higher ones stay when there is no room for all. */
  readonly priority: number;
  /** Left out rather than moved: for the regular steps of a ruler. */
  readonly fixed?: boolean;
  /** Rows it speaks of: a bar along the content. */
  readonly span?: { readonly from: number; readonly to: number; readonly colour: Colour };
}

/** Notes in their places: x from the left edge of their column, y from the content's top. */
export interface PlannedNotes {
  /** Pixels of the column, leader lines included. */
  readonly width: number;
  /** Where the lowest note ends. */
  readonly bottom: number;
  readonly texts: readonly Omit<PlacedText, 'role'>[];
  readonly leaders: readonly LeaderLine[];
  readonly bars: readonly Bar[];
}

/** One entry of a legend: words alone, a colour, a scale of colours from low to high, or the sign for not captured. */
export type LegendItem =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'colour'; readonly colour: Colour; readonly text: string }
  | { readonly kind: 'scale'; readonly scale: ColourScale; readonly low: string; readonly high: string }
  | { readonly kind: 'not-captured'; readonly text: string }
  | { readonly kind: 'not-mapped'; readonly text: string };

/** Stands on every picture of values. */
export const contentsWarning = 'CONTAINS MEMORY CONTENTS: secrets in the dump can be read from this picture';

/** What stands on a picture: content in the middle, and everything written around it. Sizes in pixels. */
export interface PageSpec {
  readonly title: string;
  /** Stands out below the title. */
  readonly warning?: string;
  /** Short statements for the lines below the title. */
  readonly facts: readonly string[];
  readonly contentWidth: number;
  readonly contentHeight: number;
  /** Room right above the content, for a ruler across. */
  readonly topHeight?: number;
  /** Addresses, right-aligned against the content. */
  readonly left: PlannedNotes;
  /** Labels. */
  readonly right: PlannedNotes;
  readonly legend: readonly LegendItem[];
  /** Lines at the very bottom. */
  readonly notes?: readonly TextLine[];
  /** Magnification of all text: 1, or 2 where the content is so large that it will be looked at from afar. */
  readonly textScale: number;
  /** Draws the content, and whatever belongs into the room above it. */
  readonly paint: (image: PixelImage, content: Rect, pace: Pace) => void | Promise<void>;
}

/** A sample of colour and where it stands. */
export interface PlacedSwatch {
  readonly item: LegendItem;
  readonly rect: Rect;
}

/** A line of text and where it stands; the text is already cut to fit. */
export interface PlacedText extends TextLine {
  readonly role: 'title' | 'fact' | 'left' | 'right' | 'legend' | 'note';
  readonly rect: Rect;
}

/** A line from a note to what it speaks of. */
export interface LeaderLine {
  readonly points: readonly Point[];
  readonly colour: Colour;
}

/** Rows that a note speaks of, marked along the content. */
export interface Bar {
  readonly rect: Rect;
  readonly colour: Colour;
}

/** A page with every box in its place: what is drawn, and what the tests look at. */
export interface PagePlan {
  readonly width: number;
  readonly height: number;
  readonly content: Rect;
  readonly texts: readonly PlacedText[];
  readonly leaders: readonly LeaderLine[];
  readonly bars: readonly Bar[];
  readonly swatches: readonly PlacedSwatch[];
}
