import { hexColour, interpolatedScale, partOfScale } from './colour-scale.ts';
import type { Colour } from './pixel-image.ts';

/** Colours of a picture's page: light, so that it prints; nothing on it depends on what lies around it. */
export const page = {
  paper: hexColour('#f7f5ef'),
  ink: hexColour('#1d1f24'),
  softInk: hexColour('#5d6068'),
  line: hexColour('#a9a69c'),
  faintLine: hexColour('#dad6ca'),
  /** Of a band that stands for folded regions. */
  fold: hexColour('#e8e4d9'),
  /** Behind the name of a region that grows. */
  highlight: hexColour('#ffe3b3'),
  growth: hexColour('#b3261e'),
  /** Drawn over memory: block borders, ticks. Pink is no colour of any kind of word. */
  marker: hexColour('#ff4fa3'),
} as const;

/** Zero is near-black, as in the pictures of Dump2Picture: a leak of untouched memory is a growing dark area. */
export const zeroColour: Colour = hexColour('#101116');

/** Lines over the paper where memory is mapped but no byte of it was captured: never to be mistaken for zero. */
export const notCapturedLine: Colour = hexColour('#bdb9ad');

/**
 * Kinds of words at full strength; weaker ones are mixed with zero's colour. Chosen by search over candidates for the
 * largest smallest distance, to each other, to zero and to the paper, as seen with normal sight, protanopia,
 * deuteranopia and tritanopia; a test holds that distance.
 */
export const kindColours = {
  zero: zeroColour,
  pointer: hexColour('#3b8cff'),
  'small-integer': hexColour('#ffbe28'),
  text: hexColour('#3cc878'),
  other: hexColour('#acacb2'),
} as const satisfies Record<string, Colour>;

/** cividis (Nuñez, Anderton, Renslow 2018, made for colour-blind readers), from dark blue to yellow, at 11 points. */
export const cividis = interpolatedScale([
  '#002051',
  '#0a326a',
  '#2b446e',
  '#4d566d',
  '#696970',
  '#7f7c75',
  '#948f78',
  '#ada476',
  '#cbba69',
  '#ead156',
  '#fdea45',
]);

/** inferno (van der Walt and Smith, matplotlib; CC0), from black over red to pale yellow, at 9 points. */
const inferno = interpolatedScale([
  '#000004',
  '#210c4a',
  '#57106e',
  '#8a226a',
  '#bc3754',
  '#e35933',
  '#f98c0a',
  '#f9c932',
  '#fcffa4',
]);

/** plasma (van der Walt and Smith, matplotlib; CC0), from blue over pink to yellow, at 9 points. */
export const plasma = interpolatedScale([
  '#0d0887',
  '#4c02a1',
  '#7e03a8',
  '#aa2395',
  '#cc4778',
  '#e56b5d',
  '#f89441',
  '#fdc328',
  '#f0f921',
]);

/** Dark to bright without the ends that look like zero or like paper. */
export const heat = partOfScale(inferno, 0.25, 0.92);

/** Less, the same, more: orange, pale grey, dark blue. Its ends differ in lightness and in the blue-yellow axis. */
export const lessOrMore = interpolatedScale(['#c85200', '#f0a050', '#dcdcd8', '#5f86c4', '#12306e']);
