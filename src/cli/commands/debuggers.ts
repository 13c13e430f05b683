// leakviz debuggers: how to have leakviz in gdb, lldb and WinDbg.
import type { Command } from './command.ts';

export const debuggers: Command = {
  name: 'debuggers',
  options: {},
  add(yargs) {
    return yargs.command(
      'debuggers',
      'Tell how to load the commands for gdb, lldb and WinDbg',
      (builder) => builder.example('$0 debuggers', 'lines to paste, with the paths of this installation'),
      async () => (await import('../handlers/debuggers.ts')).printDebuggers(),
    ) as typeof yargs;
  },
};
