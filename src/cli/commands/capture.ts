// leakviz capture: a dump of a live Linux process.
import type { InferredOptionTypes } from 'yargs';
import { exitCodesHelp } from '../exit-code.ts';
import { captureOptions } from './capture-options.ts';
import type { Command } from './command.ts';

const options = {
  output: {
    alias: 'o',
    type: 'string',
    requiresArg: true,
    group: 'Dump:',
    describe: 'File or folder to write to; NAME.PID.TIME.core unless given',
  },
  force: { type: 'boolean', default: false, group: 'Dump:', describe: 'Replace a file of that name' },
  ...captureOptions,
  quiet: { alias: 'q', type: 'boolean', default: false, group: 'Terminal:', describe: "Print the dump's name only" },
} as const;

export type CaptureFileArgs = InferredOptionTypes<typeof options> & { readonly pid?: string };

const about = [
  'Stops the process with SIGSTOP while its memory is read, and lets it go on with',
  'SIGCONT, whatever happens to leakviz meanwhile. The dump is an ELF core, for',
  'gdb and lldb too. It holds the secrets of the process; only you can read it.',
].join('\n');

export const capture: Command = {
  name: 'capture',
  options,
  missing: { text: 'no process was given', example: 'leakviz capture 1234' },
  add(yargs, signal) {
    return yargs.command(
      'capture <pid>',
      'Dump a running process (Linux)',
      (builder) =>
        builder
          .positional('pid', { type: 'string', describe: 'Id of the process' })
          .options(options)
          .example('$0 capture 1234', 'three of these, minutes apart, are what diff needs')
          .example('$0 capture 1234 -o 1.core --no-pause', 'where it must not stop')
          .epilogue(`${about}\n\n${exitCodesHelp}`),
      async (args) => (await import('../handlers/capture.ts')).runCapture(args as unknown as CaptureFileArgs, signal),
    ) as typeof yargs;
  },
};
