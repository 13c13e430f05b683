/** Characters that take two columns: East Asian wide and full-width ones, and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;

/** Accents are drawn on the character before them. */
const narrowest = /\p{M}/u;

function characterWidth(character: string): number {
  if (character >= ' ' && character <= '~') return 1;
  if (wide.test(character)) return 2;
  return narrowest.test(character) ? 0 : 1;
}

/** Columns that a text takes on a terminal. The text has no control characters. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The start of a text that fits, in columns. */
function cutToWidth(text: string, width: number): string {
  let left = width;
  let fitted = '';
  for (const character of text) {
    left -= characterWidth(character);
    if (left < 0) break;
    fitted += character;
  }
  return fitted;
}

/** A text that fits; what is longer loses its middle. */
export function fitToWidth(text: string, width: number, ellipsis: string): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(ellipsis);
  if (room <= 0) return cutToWidth(text, width);
  const tail = cutToWidth(Array.from(text).toReversed().join(''), Math.floor(room / 2));
  return cutToWidth(text, room - displayWidth(tail)) + ellipsis + Array.from(tail).toReversed().join('');
}

export function padToWidth(text: string, width: number, alignRight: boolean): string {
  const padding = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return alignRight ? padding + text : text + padding;
}
