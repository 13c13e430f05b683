import type { ReportFormat } from './report-format.ts';

export type { EmbeddedPicture, ReportFormat } from './report-format.ts';
export { contentsMark } from './report-words.ts';
export { printSummary, printSummaryBody, printVerdict, type TerminalOptions } from './terminal.ts';

/** A report format that is loaded when it is asked for: most runs write few of them. */
export interface LoadableReportFormat {
  /** The format's own. */
  readonly id: string;
  readonly load: () => Promise<ReportFormat>;
}

/** All report formats, the most read first. */
export const reportFormats = [
  { id: 'html', load: async () => (await import('./html.ts')).html },
  { id: 'markdown', load: async () => (await import('./markdown.ts')).markdown },
  { id: 'json', load: async () => (await import('./json.ts')).json },
  { id: 'junit', load: async () => (await import('./junit.ts')).junit },
] as const satisfies readonly LoadableReportFormat[];

export type ReportFormatId = (typeof reportFormats)[number]['id'];
