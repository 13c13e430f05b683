// The options of diff as the run wants them, from what yargs parsed.
import type { Options } from 'yargs';
import type { PixelDepth } from '../draw/encode/bmp-header.ts';
import { LeakvizError } from '../errors.ts';
import type { Address } from '../model/address.ts';
import { type CellOrder, cellOrders } from '../pictures/layout/cell-places.ts';
import { type ReportFormatId, reportFormats } from '../reports/index.ts';
import { defaultBundleBytes } from './bundle-file.ts';
import { type DiffArgs, diffOptions } from './commands/diff-options.ts';
import { defaultJobs } from './default-jobs.ts';
import type { GateOptions } from './gate/apply-gate.ts';
import { parseConditions } from './gate/parse-conditions.ts';
import { readBaseline } from './gate/read-baseline.ts';
import { checkModuleFolders } from './module-folders.ts';
import { parseDepth } from './parse-depth.ts';
import { parseBase, parseBytes, parseInterval, parseSize, parseTimes, parseWholeNumber } from './parse-quantity.ts';

const formatIds = reportFormats.map((format) => format.id) as readonly string[];
const shortIds: Readonly<Record<string, string>> = { md: 'markdown' };

export interface ResolvedOptions {
  readonly output: string;
  readonly reports: readonly ReportFormatId[];
  readonly withPictures: boolean;
  /** Largest size of the bundle; undefined where none is wanted. */
  readonly bundleBytes: number | undefined;
  readonly includeContents: boolean;
  readonly printsJson: boolean;
  readonly fullPaths: boolean;
  readonly width: number | undefined;
  readonly bytesPerCell: number | undefined;
  readonly order: CellOrder;
  /** Null unless pictures of values are asked for too. */
  readonly rawDepth: PixelDepth | null;
  readonly base: Address | undefined;
  /** Bytes. */
  readonly limitBytes: number | undefined;
  /** Undefined where no gate was asked for. */
  readonly gate: GateOptions | undefined;
  readonly interval: number | undefined;
  readonly times: readonly Date[] | undefined;
  /** Where files of modules are looked for. */
  readonly moduleFolders: readonly string[];
  readonly tempDir: string | undefined;
  /** Threads that read at the same time. */
  readonly jobs: number;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** Checks everything before any work is done. Throws LeakvizError with what was expected. */
export function resolveOptions(args: DiffArgs, dumpCount: number): ResolvedOptions {
  if (args.interval !== undefined && args.times !== undefined) {
    throw new LeakvizError('usage', '--interval and --times say the same thing', { hint: 'Give one of them.' });
  }
  return {
    output: args.output,
    reports: parseReports(args.report),
    withPictures: !args['no-pictures'],
    bundleBytes: parseBundle(args),
    includeContents: args['include-contents'],
    printsJson: args.json,
    fullPaths: args['full-paths'],
    width: args.width === undefined ? undefined : parseWidth(args.width),
    bytesPerCell: args['bytes-per-pixel'] === undefined ? undefined : parseBytesPerPixel(args['bytes-per-pixel']),
    order: parseOrder(args.layout),
    rawDepth: args['raw-pixels'] ? parseDepth(args.bpp) : null,
    limitBytes: args.limit === undefined ? undefined : parseSize('--limit', args.limit),
    gate: parseGate(args['fail-on'], args.baseline),
    base: args.base === undefined ? undefined : parseBase(args.base),
    interval: args.interval === undefined ? undefined : parseInterval(args.interval),
    times: args.times === undefined ? undefined : parseTimes(args.times, dumpCount),
    moduleFolders: checkModuleFolders(args.modules ?? []),
    tempDir: args['temp-dir'],
    jobs: parseJobs(args.jobs),
    quiet: args.quiet,
    verbose: args.verbose,
  };
}

/** As yargs gives them when no option was. */
export function defaultArgs(): DiffArgs {
  const options: Readonly<Record<string, Options>> = diffOptions;
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default])) as DiffArgs;
}

/** What a run does that no option was given for. */
export function defaultOptions(): ResolvedOptions {
  return resolveOptions(defaultArgs(), 0);
}

const mostJobs = 64;

function parseJobs(jobs: string | undefined): number {
  if (jobs === undefined) return defaultJobs();
  return Math.min(mostJobs, parseWholeNumber('--jobs', jobs, 1));
}

function parseBundle({ bundle, 'bundle-limit': limit }: DiffArgs): number | undefined {
  if (!bundle && limit !== undefined) {
    throw new LeakvizError('usage', '--bundle-limit is the size of a bundle, and none is asked for', {
      hint: 'Give --bundle too.',
    });
  }
  if (!bundle) return undefined;
  return limit === undefined ? defaultBundleBytes : parseSize('--bundle-limit', limit);
}

function parseGate(failOn: string | undefined, baseline: string | undefined): GateOptions | undefined {
  if (failOn === undefined && baseline !== undefined) {
    throw new LeakvizError('usage', '--baseline says what a gate accepts, and there is none', {
      hint: "Give a gate too, such as --fail-on 'leak,growth>5MB'.",
    });
  }
  if (failOn === undefined) return undefined;
  return { rules: parseConditions(failOn), accepted: baseline === undefined ? [] : readBaseline(baseline) };
}

function parseReports(text: string): ReportFormatId[] {
  return text.split(',').map((one) => {
    const id = shortIds[one.trim()] ?? one.trim();
    if (!formatIds.includes(id))
      throw new LeakvizError('usage', `--report: expected html, md, json or junit, found '${one}'`);
    return id as ReportFormatId;
  });
}

function parseOrder(text: string): CellOrder {
  const order = cellOrders.find((one) => one === text);
  if (order === undefined) throw new LeakvizError('usage', `--layout: expected linear or hilbert, found '${text}'`);
  return order;
}

function parseWidth(text: string): number {
  const width = Number(text);
  if (!Number.isInteger(width) || width < 64 || width > 16384) {
    throw new LeakvizError('usage', `--width: expected 64 to 16384 pixels, found '${text}'`);
  }
  return width;
}

function parseBytesPerPixel(text: string): number {
  const bytes = parseBytes(text);
  if (bytes === undefined || bytes < 8 || bytes > 2 ** 30 || !Number.isInteger(Math.log2(bytes))) {
    throw new LeakvizError(
      'usage',
      `--bytes-per-pixel: expected a power of two from 8, such as 64 or 4k, found '${text}'`,
    );
  }
  return bytes;
}
