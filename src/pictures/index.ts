import { growthHeatmap } from './growth-heatmap.ts';
import { growthRings } from './growth-rings.ts';
import { hatch } from './hatch.ts';
import { overview } from './overview.ts';
import type { Picture } from './picture.ts';
import { straightened } from './straightened.ts';
import { structureChange } from './structure-change.ts';
import { zeroFill } from './zero-fill.ts';

/** All kinds of pictures, in the order of the report. To add one: a file beside this, and a line here. */
export const pictures = [
  overview,
  growthHeatmap,
  growthRings,
  straightened,
  hatch,
  zeroFill,
  structureChange,
] as const satisfies readonly Picture[];
