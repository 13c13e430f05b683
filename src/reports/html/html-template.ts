import { escapeText, showControls } from '../../text/escape-text.ts';

/** Markup that is safe to stand in a page as it is. */
export interface SafeHtml {
  readonly markup: string;
}

/** What a template takes. Text is escaped; absent values and false leave nothing. */
export type HtmlValue = SafeHtml | string | number | null | undefined | false | readonly HtmlValue[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeMarkup(text: string): string {
  return showControls(text).replace(/[&<>"']/g, (character) => entities[character]!);
}

function toMarkup(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'object') return 'markup' in value ? value.markup : value.map(toMarkup).join('');
  return escapeMarkup(String(value));
}

/** Template tag: everything put in is escaped, for elements and for quoted attributes, unless it is SafeHtml already. */
export function html(texts: TemplateStringsArray, ...values: HtmlValue[]): SafeHtml {
  return { markup: texts.reduce((page, text, index) => page + toMarkup(values[index - 1]) + text) };
}

/** For text of leakviz's own that is markup. Never for anything that a dump or a user wrote. */
export function trustedMarkup(markup: string): SafeHtml {
  return { markup };
}

/** An untrusted name: escaped, shortened, and kept from turning the writing direction of what stands around it. */
export function nameMarkup(name: string, longest?: number): SafeHtml {
  return html`<bdi>${escapeText(name, longest)}</bdi>`;
}
