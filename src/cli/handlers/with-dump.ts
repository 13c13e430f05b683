// What the commands on a single dump share: opening it.
import { cleanUpTemporaryFiles } from '../../bytes/temporary-file.ts';
import { LeakvizError } from '../../errors.ts';
import type { OpenedDump } from '../../memory/opened-dump.ts';
import { openDumps } from '../../open-dumps.ts';
import { onExit } from '../clean-up.ts';
import type { OneDumpArgs } from '../commands/one-dump-options.ts';
import { keepNewSpaceSmall } from '../new-space.ts';
import { parseBase } from '../parse-quantity.ts';
import { openProgressBar } from '../progress-bar.ts';
import { readRangeMap } from '../range-map.ts';
import { resolveInputs } from '../resolve-inputs.ts';

/** Opens the dump, hands it over, and closes it whatever happens. */
export async function withDump(
  args: OneDumpArgs,
  signal: AbortSignal,
  use: (dump: OpenedDump) => Promise<void>,
): Promise<void> {
  keepNewSpaceSmall();
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
