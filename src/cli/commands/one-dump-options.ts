// The options that the commands on a single dump share.
import type { Options } from 'yargs';

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

/** For commands that read what pointers lead to. */
export const modulesOption = {
  type: 'string',
  array: true,
  nargs: 1,
  requiresArg: true,
  group: 'Dump:',
  describe: 'Folder with program and libraries, for what the dump left out; may be given several times',
} as const satisfies Options;

export interface OneDumpArgs {
  readonly dump?: string;
  readonly base?: string | undefined;
  readonly map?: string | undefined;
  readonly 'temp-dir'?: string | undefined;
  readonly json: boolean;
}
