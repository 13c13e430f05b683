import type { LeakReport } from '../model/leak-report.ts';
import type { PictureLookup } from '../model/picture-lookup.ts';

/** A drawn picture, encoded, for formats that carry pictures inside. `id` is the one in `LeakReport.pictures`. */
export interface EmbeddedPicture {
  readonly id: string;
  readonly title: string;
  /** One sentence: what to see in it. */
  readonly description: string;
  readonly png: Uint8Array;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Which address stands where. */
  readonly lookup?: PictureLookup | undefined;
}

/** A way to write a report down. To add one: a file here, and a line in index.ts. */
export interface ReportFormat {
  /** As `--report` takes it. */
  readonly id: string;
  /** The file's name in the report folder; pictures lie beside it. */
  readonly fileName: string;
  /** The whole file. Same input, same text: no clock, no locale. Pictures may be fewer than the report lists, or none. */
  write(report: LeakReport, pictures: readonly EmbeddedPicture[]): string;
}
