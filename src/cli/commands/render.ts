// leakviz render: bytes as pixels, Dump2Picture's job.
import type { InferredOptionTypes } from 'yargs';
import { exitCodesHelp } from '../exit-code.ts';
import type { Command } from './command.ts';
import { type OneDumpArgs, oneDumpOptions } from './one-dump-options.ts';

const picture = { type: 'string', requiresArg: true, group: 'Picture:' } as const;
const which = { type: 'string', requiresArg: true, group: 'What to draw (the whole file unless given):' } as const;

const renderOptions = {
  range: {
    ...which,
    array: true,
    describe: "Addresses in hex: A B (B included), 'A Lsize', A-B (B excluded), A+size",
  },
  module: { ...which, describe: 'Module or region by its name' },
  heap: { ...which, describe: 'Heap by its name, address or number, as info lists them' },
  bpp: { ...picture, default: '32', describe: 'Bits of a pixel: 8, 16, 24 or 32 (32)' },
  width: { ...picture, describe: 'Pixels in a row; about a square unless given' },
  dump2picture: {
    type: 'boolean',
    default: false,
    group: 'Picture:',
    describe: 'The same bytes as Dump2Picture 2.2.3; whole file, BMP',
  },
  base: oneDumpOptions.base,
  map: oneDumpOptions.map,
  'temp-dir': oneDumpOptions['temp-dir'],
} as const;

export type RenderArgs = Omit<OneDumpArgs, 'json'> &
  InferredOptionTypes<typeof renderOptions> & { readonly picture?: string | undefined };

export const render: Command = {
  name: 'render',
  options: renderOptions,
  missing: { text: 'a dump and a picture are needed', example: 'leakviz render a.dmp a.bmp' },
  add(yargs, signal) {
    return yargs.command(
      'render <dump> <picture>',
      "Draw a file's bytes as pixels, as Dump2Picture does",
      (builder) =>
        builder
          .positional('dump', { type: 'string', describe: 'Any file; compressed ones are unpacked' })
          .positional('picture', { type: 'string', describe: 'File to write, .bmp or .png' })
          .options(renderOptions)
          .example('$0 render a.dmp a.bmp --bpp 24', 'the whole file')
          .example("$0 render a.dmp a.png --range '7ff6`1000 L8000'", 'memory at an address')
          .example("$0 render a.core a.png --heap 'main arena'", 'one heap, its pieces on end')
          .epilogue(exitCodesHelp),
      async (args) => (await import('../handlers/render.ts')).runRender(args as unknown as RenderArgs, signal),
    ) as typeof yargs;
  },
};
