import { escapeText, longestSentence } from '../text/escape-text.ts';

/** Names are cut shorter than elsewhere: tables in tickets are narrow. */
const longestMarkdownName = 60;

/**
 * An untrusted name as a code span, where trackers replace nothing: no emphasis, no links, no mentions. `<` is shown as
 * `\x3c`, because not every tracker's Markdown is strict about HTML.
 */
export function markdownName(name: string, longest = longestMarkdownName): string {
  const text = escapeText(name, longest).replaceAll('<', '\\x3c');
  if (text.trim() === '') return '–';
  const longestRun = Math.max(0, ...Array.from(text.matchAll(/`+/g), (run) => run[0].length));
  const fence = '`'.repeat(longestRun + 1);
  // A tick at an end would join the fence; the renderer takes one space off each side.
  const padding = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${text}${padding}${fence}`;
}

/**
 * A sentence: what Markdown would take as markup is escaped. An `@` before a name is spelled out, for trackers notify
 * people even when it is escaped.
 */
export function markdownText(text: string, longest = longestSentence): string {
  return escapeText(text, longest)
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/^(\d*)([#>+\-=.)])/, '$1\\$2')
    .replace(/@(?=\w)/g, '\\\\x40');
}

/** Lines to be copied, as a code block whose fence none of them can close. */
export function markdownBlock(lines: readonly string[]): string {
  const text = lines.map((line) => escapeText(line, longestSentence).replaceAll('<', '\\x3c')).join('\n');
  const longestRun = Math.max(2, ...Array.from(text.matchAll(/`+/g), (run) => run[0].length));
  const fence = '`'.repeat(longestRun + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** A relative path as the target of a link; nothing that leads elsewhere. */
export function markdownPath(path: string): string {
  return path
    .replace(/\p{Cs}/gu, '')
    .split(/[\\/]/)
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .map((part) => encodeURIComponent(part).replace(/[()]/g, (character) => (character === '(' ? '%28' : '%29')))
    .join('/');
}

export interface MarkdownColumn {
  readonly title: string;
  readonly isNumber?: boolean;
}

/** A pipe table. Cells are Markdown already; pipes that are not escaped yet are. */
export function markdownTable(columns: readonly MarkdownColumn[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapePipes).join(' | ')} |`;
  const rule = columns.map((column) => (column.isNumber ? '--:' : '---'));
  return [line(columns.map((column) => column.title)), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Pipes divide cells even inside code spans. A backslash before one may itself be escaped. */
function escapePipes(cell: string): string {
  return cell.replace(/(\\*)\|/g, (match, slashes: string) => (slashes.length % 2 === 1 ? match : `${slashes}\\|`));
}
