// What capture and watch share: which memory, how, and into what kind of file.
import type { InferredOptionTypes, Options } from 'yargs';

const toggle = { type: 'boolean', default: false } as const;
const memory = { ...toggle, group: 'Memory:' } as const;
const file = { ...toggle, group: 'Dump:' } as const;

export const captureOptions = {
  'heap-only': { ...memory, describe: 'Heaps and static data only: no stacks, nothing shared' },
  all: { ...memory, describe: 'Also what mapped files hold, written to or not' },
  'no-pause': { ...memory, describe: 'Do not stop the process; then the dump is of no single moment' },
  zstd: { ...file, describe: 'Pack the dump (Node.js 22.15 or later)' },
  gzip: { ...file, describe: 'The same with gzip, which is slower' },
} as const satisfies Record<string, Options>;

export type CaptureArgs = InferredOptionTypes<typeof captureOptions>;
