// The options of diff, as yargs parses them.
import type { InferredOptionTypes, Options } from 'yargs';

const input = { type: 'string', requiresArg: true, group: 'Dumps:' } as const;
const results = { group: 'Results:' } as const;
const gate = { type: 'string', requiresArg: true, group: 'Gate:' } as const;
const pictures = { type: 'string', requiresArg: true, group: 'Pictures:' } as const;
const toggle = { type: 'boolean', default: false } as const;

/** Standing in their groups, in the order of --help. */
export const diffOptions = {
  times: { ...input, describe: 'When they were taken: ISO 8601, separated by commas' },
  interval: { ...input, describe: 'Time between them, such as 30s, 5min or 2h' },
  limit: { ...input, describe: 'Size such as 2GB: says when it is reached at this rate' },
  base: { ...input, describe: 'Address of the first byte, in hex; for raw files' },
  modules: {
    ...input,
    array: true,
    nargs: 1,
    describe: 'Folder with program and libraries, for what the dumps left out; may be given several times',
  },
  'temp-dir': { ...input, describe: 'Folder that compressed dumps are unpacked to' },
  jobs: { ...input, describe: 'Threads that read at the same time (as many as there are processors)' },
  output: {
    ...results,
    alias: 'o',
    type: 'string',
    requiresArg: true,
    default: 'leakviz-report',
    describe: 'Folder for report and pictures (leakviz-report)',
  },
  report: {
    ...results,
    type: 'string',
    requiresArg: true,
    default: 'html,md,json',
    describe: 'Which reports to write (html,md,json); junit too',
  },
  bundle: { ...toggle, ...results, describe: 'Also write leakviz-report.zip, to attach to a ticket' },
  'bundle-limit': {
    ...results,
    type: 'string',
    requiresArg: true,
    describe: 'Its largest size (10MB); pictures are scaled down to fit',
  },
  'include-contents': {
    ...toggle,
    ...results,
    describe: "Quote memory: bytes of the suspects' blocks, secrets too",
  },
  json: { ...toggle, ...results, describe: 'Print report.json instead of the summary' },
  'full-paths': {
    ...toggle,
    ...results,
    describe: 'Keep folders in names; they often hold user names',
  },
  'fail-on': { ...gate, describe: "Exit with 1 if any holds, such as 'leak,growth>5MB'; in quotes" },
  baseline: { ...gate, describe: 'A report.json whose growth is accepted' },
  'no-pictures': { ...toggle, group: 'Pictures:', describe: 'Draw none; saves time' },
  width: { ...pictures, describe: 'Pixels per row' },
  'bytes-per-pixel': { ...pictures, describe: 'Bytes that one pixel stands for: 8, 16, 32, … 4k, …' },
  layout: { ...pictures, default: 'linear', describe: 'Order of addresses: linear rows or hilbert squares (linear)' },
  'raw-pixels': {
    ...toggle,
    group: 'Pictures:',
    describe: "Also draw the bytes' own values, into raw-pixels/, which no report shows",
  },
  bpp: { ...pictures, default: '32', describe: 'Bits of their pixels: 8, 16, 24 or 32 (32)' },
  quiet: { ...toggle, alias: 'q', group: 'Terminal:', describe: 'Print the verdict only, and no progress' },
  verbose: { ...toggle, alias: 'v', group: 'Terminal:', describe: 'Also print all warnings, and what took how long' },
} as const satisfies Record<string, Options>;

export type DiffArgs = InferredOptionTypes<typeof diffOptions> & { readonly dumps?: readonly string[] };
