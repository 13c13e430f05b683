// leakviz zoom: a stretch of one dump's memory, word by word.
import type { InferredOptionTypes } from 'yargs';
import { exitCodesHelp } from '../exit-code.ts';
import type { Command } from './command.ts';
import { type OneDumpArgs, oneDumpOptions } from './one-dump-options.ts';

const where = { type: 'string', requiresArg: true, group: 'What to draw:' } as const;
const picture = { type: 'string', requiresArg: true, group: 'Picture:' } as const;

const zoomOptions = {
  at: { ...where, describe: 'Address to begin at, in hex; has to be given' },
  size: { ...where, describe: 'How much to draw, such as 64k; what fills a picture unless given' },
  stride: { ...where, alias: 's', describe: 'Bytes from block to block: each begins a row of its own' },
  output: { ...picture, alias: 'o', default: 'zoom.png', describe: 'File to write, .png or .bmp (zoom.png)' },
  'raw-pixels': {
    type: 'boolean',
    default: false,
    group: 'Picture:',
    describe: "Draw the bytes' values instead of kinds of words; the picture says so",
  },
  bpp: { ...picture, default: '32', describe: 'Bits of a pixel with --raw-pixels: 8, 16, 24 or 32 (32)' },
  base: oneDumpOptions.base,
  map: oneDumpOptions.map,
  'temp-dir': oneDumpOptions['temp-dir'],
} as const;

export type ZoomArgs = Omit<OneDumpArgs, 'json'> & InferredOptionTypes<typeof zoomOptions>;

export const zoom: Command = {
  name: 'zoom',
  options: zoomOptions,
  missing: { text: 'no dump was given', example: 'leakviz zoom a.dmp --at 7ff600010000' },
  add(yargs, signal) {
    return yargs.command(
      'zoom <dump>',
      'Draw memory at an address word by word',
      (builder) =>
        builder
          .positional('dump', { type: 'string', describe: 'A file; compressed ones are unpacked' })
          .options(zoomOptions)
          .example('$0 zoom c.dmp --at 1c65010 --size 16k', 'words and blocks from there on')
          .example('$0 zoom c.dmp --at 1c65010 --stride 272', 'one block per row')
          .epilogue(exitCodesHelp),
      async (args) => (await import('../handlers/zoom.ts')).runZoom(args as unknown as ZoomArgs, signal),
    ) as typeof yargs;
  },
};
