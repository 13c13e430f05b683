import { html } from './html.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import type { ReportFormat } from './report-format.ts';

export type { EmbeddedPicture, ReportFormat } from './report-format.ts';
export { contentsMark } from './report-words.ts';
export { printSummary, printSummaryBody, printVerdict, type TerminalOptions } from './terminal.ts';

/** All report formats, the most read first. */
export const reportFormats = [html, markdown, json, junit] as const satisfies readonly ReportFormat[];

export type ReportFormatId = (typeof reportFormats)[number]['id'];
