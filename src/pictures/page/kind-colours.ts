import { mixColours } from '../../draw/colour-scale.ts';
import { kindColours, zeroColour } from '../../draw/palette.ts';
import { type Colour, packColour } from '../../draw/pixel-image.ts';
import { cellAbsent, cellFillSteps, cellKind, wordKinds } from '../../model/cell-map.ts';
import { type CellColours, nothing } from './cell-colours.ts';
import type { LegendItem } from './page-types.ts';

/** Strength of a cell with a single word that is not zero: a lone block header has to be seen on black. */
const weakest = 0.45;

/**
 * Colour of every cell code, undefined for what is absent. The code already holds fill on a square-root scale, which
 * is the strength.
 */
export const codeColours: readonly (Colour | undefined)[] = Array.from({ length: 256 }, (_, code) => {
  if (code === cellAbsent) return undefined;
  const step = code & cellFillSteps;
  if (step === 0) return zeroColour;
  const kind = wordKinds[cellKind(code)];
  const colour = kind === undefined ? kindColours.other : kindColours[kind];
  return mixColours(zeroColour, colour, weakest + (1 - weakest) * (step / cellFillSteps));
});

/** The same, packed. */
export const packedCodeColours: CellColours = Int32Array.from(codeColours, (colour) =>
  colour === undefined ? nothing : packColour(colour),
);

/** What the colours stand for; the same in all pictures that show kinds. */
export const kindLegend: readonly LegendItem[] = [
  { kind: 'colour', colour: kindColours.zero, text: 'zero' },
  { kind: 'colour', colour: kindColours.pointer, text: 'pointers' },
  { kind: 'colour', colour: kindColours['small-integer'], text: 'small numbers' },
  { kind: 'colour', colour: kindColours.text, text: 'text' },
  { kind: 'colour', colour: kindColours.other, text: 'other data' },
];
