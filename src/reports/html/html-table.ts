import type { PerDump } from '../../model/leak-report.ts';
import { noValue } from '../../text/print-quantity.ts';
import { type HtmlValue, html, type SafeHtml } from './html-template.ts';

/** One cell. `value` is what sorting goes by, where it is not the text: null for missing, which sorts last. */
export interface Cell {
  readonly content: HtmlValue;
  readonly value?: number | string | null;
}

export interface Column<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  /** For columns that have no order, such as small charts. */
  readonly isUnsorted?: boolean;
  readonly cell: (row: Row, index: number) => Cell;
}

export interface Table<Row> {
  /** Said by screen readers and shown above the table. */
  readonly caption: HtmlValue;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Rows that stay below whatever the order: totals, the others. */
  readonly footRows?: readonly Row[];
  readonly isSortable?: boolean;
  /** A row for each dump, of which there may be many: then the rows scroll under the head. */
  readonly isPerDump?: boolean;
  /** As wide as its text, not as the page. */
  readonly isCompact?: boolean;
  readonly rowId?: (row: Row) => string | undefined;
}

/** More rows of dumps than these would push everything else away. */
const mostRowsAtOnce = 12;

/** A table in a frame that scrolls sideways by itself, by keyboard too; the first column heads its row. */
export function tableMarkup<Row>(table: Table<Row>): SafeHtml {
  const { columns, footRows = [] } = table;
  const frame = table.isPerDump && table.rows.length > mostRowsAtOnce ? 'scroll long' : 'scroll';
  return html`<div class="${frame}" tabindex="0" role="group" aria-label="Table"><table class="${[table.isSortable ? 'sortable' : '', table.isCompact ? 'compact' : ''].join(' ').trim()}">
<caption><span>${table.caption}</span></caption>
<thead><tr>${columns.map((column) => html`<th scope="col" class="${columnClass(column)}">${column.title}</th>`)}</tr></thead>
<tbody>${table.rows.map((row, index) => rowMarkup(table, row, index))}</tbody>
${footRows.length > 0 && html`<tfoot>${footRows.map((row, index) => rowMarkup(table, row, index))}</tfoot>`}
</table></div>`;
}

function columnClass<Row>(column: Column<Row>): string {
  return [column.isNumber ? 'number' : '', column.isUnsorted ? 'unsorted' : ''].join(' ').trim();
}

function rowMarkup<Row>(table: Table<Row>, row: Row, rowIndex: number): SafeHtml {
  const id = table.rowId?.(row);
  const cells = table.columns.map((column, columnIndex) => {
    const cell = column.cell(row, rowIndex);
    const value = cell.value === undefined ? '' : html` data-value="${cell.value ?? ''}"`;
    const kind = column.isNumber ? html` class="number"` : '';
    if (columnIndex === 0) return html`<th scope="row"${kind}${value}>${cell.content}</th>`;
    return html`<td${kind}${value}>${cell.content}</td>`;
  });
  return html`<tr${id !== undefined && html` id="${id}"`}>${cells}</tr>\n`;
}

/** A cell with a number, sorted by the number and not by what it looks like. */
export function numberCell(value: number | null | undefined, print: (value: number) => string): Cell {
  if (value === null || value === undefined) return { content: noValue, value: null };
  return { content: print(value), value };
}

/** First and last of a row of numbers: `7.1 MB → 32.4 MB`. */
export function firstToLast(values: PerDump<number>, print: (value: number) => string): Cell {
  const first = values[0] ?? null;
  const last = values.at(-1) ?? null;
  const from = first === null ? noValue : print(first);
  const to = last === null ? noValue : print(last);
  if (from === to) return { content: to, value: last };
  return { content: html`<span class="soft">${from} →</span> ${to}`, value: last };
}
