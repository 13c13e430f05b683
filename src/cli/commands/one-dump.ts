// What the commands on a single dump share: its options, and opening it.
import type { Options } from 'yargs';
import { cleanUpTemporaryFiles } from '../../bytes/temporary-file.ts';
import { LeakvizError } from '../../errors.ts';
import type { OpenedDump } from '../../memory/opened-dump.ts';
import { openDumps } from '../../open-dumps.ts';
import { onExit } from '../clean-up.ts';
import { parseBase } from '../parse-quantity.ts';
import { openProgressBar } from '../progress-bar.ts';
import { readRangeMap } from '../range-map.ts';
import { resolveInputs } from '../resolve-inputs.ts';
import { checkGivenOnce } from './diff-options.ts';

const input = { type: 'string', requiresArg: true, group: 'Dump:' } as const;

export const oneDumpOptions = {
  base: { ...input, describe: 'Address of the first byte, in hex; for raw files' },
  map: {
    ...input,
    describe: 'File that says where the ranges of a raw file stand: lines of ADDRESS OFFSET SIZE, in hex',
  },
  'temp-dir': { ...input, describe: 'Folder that a compressed dump is unpacked to' },
  json: { type: 'boolean', default: false, group: 'Terminal:', describe: 'Print JSON' },
} as const satisfies Record<string, Options>;

export interface OneDumpArgs {
  readonly dump?: string;
  readonly base?: string | undefined;
  readonly map?: string | undefined;
  readonly 'temp-dir'?: string | undefined;
  readonly json: boolean;
}

/** Opens the dump, hands it over, and closes it whatever happens. */
export async function withDump(
  args: OneDumpArgs,
  options: Readonly<Record<string, Options>>,
  signal: AbortSignal,
  use: (dump: OpenedDump) => Promise<void>,
): Promise<void> {
  checkGivenOnce(args as unknown as Readonly<Record<string, unknown>>, options);
  const paths = await resolveInputs([args.dump!]);
  if (paths.length > 1) {
    throw new LeakvizError('usage', `${args.dump}: expected one dump, found ${paths.length}`, {
      hint: 'Name one file.',
    });
  }
  const bar = await openProgressBar(true);
  const forget = onExit(() => {
    bar.stop();
    cleanUpTemporaryFiles();
  });
  try {
    const [dump] = await openDumps(paths, {
      base: args.base === undefined ? undefined : parseBase(args.base),
      ranges: args.map === undefined ? undefined : readRangeMap(args.map),
      tempDir: args['temp-dir'],
      signal,
      onUnpack: (done, total) => bar.show('unpacking', done, total),
    });
    bar.stop();
    try {
      await use(dump!);
    } finally {
      dump!.close();
    }
  } finally {
    bar.stop();
    forget();
  }
}
