/** Longest a name is shown; what is longer loses its middle, for both ends of a path say more than its middle. */
export const longestName = 120;

/** Longest a sentence is shown. Sentences are leakviz's own, but they quote names. */
export const longestSentence = 2000;

/**
 * Characters that act instead of being seen: controls (terminal escapes, newlines), format characters (bidi overrides,
 * zero-width ones, tags), halves of surrogate pairs, line separators, spaces that pass for others, and letters that are
 * drawn as nothing.
 */
const unseen =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u115f\u1160\u2800\u3164\uffa0]|\u034f/u;

/** Accents piled on one letter would run over the lines above and below it. */
const mark = /\p{M}/u;
const mostMarks = 2;

/** Nothing but ASCII that is seen: nearly all texts, and pictures of megabytes as they stand in a page. */
const plain = /^[\x20-\x7e]*$/;
/** What has to be looked at character by character: a table of thousands of rows has dashes and arrows, but none of it. */
const suspicious = new RegExp(`${unseen.source}|\\p{M}{${mostMarks + 1}}`, 'u');

function isSeenAsItIs(text: string): boolean {
  return plain.test(text) || !suspicious.test(text);
}

const shortEscapes = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function visibleEscape(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  if (code <= 0xff) return shortEscapes.get(character) ?? `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/** The text as it is shown, one entry per character, so that a cut never splits an escape. */
function visibleCharacters(text: string): string[] {
  let marks = 0;
  return Array.from(text, (character) => {
    marks = mark.test(character) ? marks + 1 : 0;
    return unseen.test(character) || marks > mostMarks ? visibleEscape(character) : character;
  });
}

/** Makes every character that acts instead of being seen visible: `\x1b`, `\u202e`, `\n`. Keeps the length. */
export function showControls(text: string): string {
  return isSeenAsItIs(text) ? text : visibleCharacters(text).join('');
}

/**
 * Untrusted text as it is safe to show in any report and on a terminal: one line, nothing that acts, at most `longest`
 * characters with the middle left out. Markup is for the format to escape.
 */
export function escapeText(text: string, longest = longestName, ellipsis = '…'): string {
  if (text.length <= longest && isSeenAsItIs(text)) return text;
  // A name of megabytes is cut before it is looked at; what is cut here could not have been shown.
  const wanted = longest + 1;
  const short = text.length > 4 * wanted ? `${text.slice(0, 2 * wanted)}${text.slice(-2 * wanted)}` : text;
  const shown = visibleCharacters(short);
  const length = shown.reduce((sum, character) => sum + character.length, 0);
  if (length <= longest) return shown.join('');
  const room = Math.max(0, longest - ellipsis.length);
  const tail = fitting(shown.toReversed(), Math.floor(room / 2))
    .toReversed()
    .join('');
  return fitting(shown, room - tail.length).join('') + ellipsis + tail;
}

function fitting(characters: readonly string[], room: number): string[] {
  const fitted: string[] = [];
  let left = room;
  for (const character of characters) {
    left -= character.length;
    if (left < 0) break;
    fitted.push(character);
  }
  return fitted;
}
