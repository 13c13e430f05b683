/**
 * Makes src/draw/font-table.ts from the X11 font misc-fixed 6x13 ("Public domain font. Share and enjoy."), which
 * Debian has in the package xfonts-base:
 *
 *     npx tsx test/draw/make-font.ts /usr/share/fonts/X11/misc > src/draw/font-table.ts
 *
 * It reads the compiled form (PCF); only what these two files use of that format is read: big-endian metrics and bitmaps, rows
 * padded to one or more bytes, the leftmost pixel in the highest bit or the lowest.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const width = 6;
const height = 13;
const beyondAscii = '×·–—…→±≥≤';
/** The font has no filled triangle, so it is drawn here. */
const drawnHere = { '▲': [0, 0, 0, 0, 0x04, 0x04, 0x0e, 0x0e, 0x1f, 0x1f, 0, 0, 0] };
const characters = [...Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index)), ...beyondAscii];

interface PcfTable {
  readonly format: number;
  readonly view: DataView;
  readonly littleEndian: boolean;
}

const tableTypes = { accelerators: 2, metrics: 4, bitmaps: 8, encodings: 32 } as const;

function readTable(file: Uint8Array, type: number): PcfTable {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let index = 0; index < view.getUint32(4, true); index++) {
    const entry = 8 + index * 16;
    if (view.getUint32(entry, true) !== type) continue;
    const offset = file.byteOffset + view.getUint32(entry + 12, true);
    const table = new DataView(file.buffer, offset, view.getUint32(entry + 8, true));
    const format = table.getUint32(0, true);
    return { format, view: table, littleEndian: (format & 4) === 0 };
  }
  throw new Error(`no table of type ${type}`);
}

/** Left bearing and ascent of each glyph, by glyph number. */
function readMetrics(file: Uint8Array): { left: number; right: number; ascent: number; descent: number }[] {
  const { format, view, littleEndian } = readTable(file, tableTypes.metrics);
  const compressed = (format & 0x100) !== 0;
  const count = compressed ? view.getUint16(4, littleEndian) : view.getUint32(4, littleEndian);
  return Array.from({ length: count }, (_, glyph) => {
    const at = compressed ? 6 + glyph * 5 : 8 + glyph * 12;
    const field = (index: number) =>
      compressed ? view.getUint8(at + index) - 0x80 : view.getInt16(at + index * 2, littleEndian);
    return { left: field(0), right: field(1), ascent: field(3), descent: field(4) };
  });
}

/** Glyph number of a code point; undefined where the font has none. */
function readEncoding(file: Uint8Array): (codePoint: number) => number | undefined {
  const { view, littleEndian } = readTable(file, tableTypes.encodings);
  const [firstLow, lastLow, firstHigh, lastHigh] = [4, 6, 8, 10].map((at) => view.getInt16(at, littleEndian));
  return (codePoint) => {
    const low = codePoint & 0xff;
    const high = codePoint >>> 8;
    if (low < firstLow! || low > lastLow! || high < firstHigh! || high > lastHigh!) return undefined;
    const index = (high - firstHigh!) * (lastLow! - firstLow! + 1) + (low - firstLow!);
    const glyph = view.getUint16(14 + index * 2, littleEndian);
    return glyph === 0xffff ? undefined : glyph;
  };
}

/** Rows of one glyph in a cell of width x height: one number per row, the leftmost pixel in bit width - 1. */
function readGlyphs(file: Uint8Array): (codePoint: number) => number[] {
  const { format, view, littleEndian } = readTable(file, tableTypes.bitmaps);
  const metrics = readMetrics(file);
  const glyphOf = readEncoding(file);
  const accelerators = readTable(file, tableTypes.accelerators);
  const fontAscent = accelerators.view.getInt32(12, accelerators.littleEndian);
  const count = view.getUint32(4, littleEndian);
  const bits = 8 + count * 4 + 16;
  const pad = 1 << (format & 3);
  const highestBitFirst = (format & 8) !== 0;
  return (codePoint) => {
    const glyph = glyphOf(codePoint);
    if (glyph === undefined) throw new Error(`no glyph for U+${codePoint.toString(16)}`);
    const { left, right, ascent, descent } = metrics[glyph]!;
    const rowBytes = Math.ceil(Math.ceil((right - left) / 8) / pad) * pad;
    const start = bits + view.getUint32(8 + glyph * 4, littleEndian);
    const rows = Array.from({ length: height }, () => 0);
    for (let y = 0; y < ascent + descent; y++) {
      for (let x = 0; x < right - left; x++) {
        const byte = view.getUint8(start + y * rowBytes + (x >> 3));
        const bit = highestBitFirst ? 7 - (x & 7) : x & 7;
        const row = fontAscent - ascent + y;
        if ((byte >> bit) & 1 && row >= 0 && row < height) rows[row]! |= 1 << (width - 1 - (x + left));
      }
    }
    return rows;
  };
}

function tableText(name: string, about: string, path: string): string {
  const glyphRows = readGlyphs(gunzipSync(readFileSync(path)));
  const glyphs = characters.map((character): [string, number[]] => [character, glyphRows(character.codePointAt(0)!)]);
  const lines = [...glyphs, ...Object.entries(drawnHere)].map(([character, rows]) => {
    const hex = rows.map((row) => row.toString(16).padStart(2, '0'));
    const key = character === "'" || character === '\\' ? `\\${character}` : character;
    return `  '${key}': '${hex.join('')}',`.replace(/^ {2}'([A-Za-z_])'/, '  $1');
  });
  return [`/** ${about} */`, `export const ${name}: Readonly<Record<string, string>> = {`, ...lines, '};'].join('\n');
}

const folder = process.argv[2] ?? '/usr/share/fonts/X11/misc';
console.log(`// Made by test/draw/make-font.ts from the X11 font misc-fixed 6x13 (public domain); do not edit.

/** Pixels of a glyph's cell. */
export const glyphWidth = ${width};
export const glyphHeight = ${height};

${tableText('regularGlyphs', 'Per character 13 rows of two hex digits; the leftmost of the 6 pixels is bit 5.', `${folder}/6x13.pcf.gz`)}

${tableText('boldGlyphs', 'The same, bold.', `${folder}/6x13B.pcf.gz`)}`);
