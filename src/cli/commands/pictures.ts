// leakviz pictures: images out of a dump's memory.
import type { InferredOptionTypes } from 'yargs';
import { exitCodesHelp } from '../exit-code.ts';
import type { Command } from './command.ts';
import { type OneDumpArgs, oneDumpOptions } from './one-dump-options.ts';

const which = { type: 'string', requiresArg: true, group: 'Which pictures:' } as const;

const picturesOptions = {
  'min-size': { ...which, default: '16', describe: 'Least width and height in pixels (16)' },
  limit: { ...which, alias: 'n', default: '500', describe: 'Files to write, the surest and largest first (500)' },
  'channel-order': {
    ...which,
    describe: 'rgb or bgr, in bitmaps without a header; told from the process unless given',
  },
  output: {
    type: 'string',
    requiresArg: true,
    alias: 'o',
    default: 'leakviz-pictures',
    group: 'Results:',
    describe: 'Folder for pictures, contact sheet and list (leakviz-pictures)',
  },
  ...oneDumpOptions,
} as const;

export type PicturesArgs = OneDumpArgs & InferredOptionTypes<typeof picturesOptions>;

export const pictures: Command = {
  name: 'pictures',
  options: picturesOptions,
  missing: { text: 'no dump was given', example: 'leakviz pictures a.dmp -o found' },
  add(yargs, signal) {
    return yargs.command(
      'pictures <dump>',
      'Extract images from memory: files, and bitmaps without a header',
      (builder) =>
        builder
          .positional('dump', { type: 'string', describe: 'A file; compressed ones are unpacked' })
          .options(picturesOptions)
          .example('$0 pictures a.dmp -o found', 'all images, and found/pictures.html to look at')
          .example('$0 pictures a.dmp --min-size 200', 'no icons')
          .epilogue(exitCodesHelp),
      async (args) => (await import('../handlers/pictures.ts')).runPictures(args as unknown as PicturesArgs, signal),
    ) as typeof yargs;
  },
};
