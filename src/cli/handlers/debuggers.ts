import { packageFile } from '../package-file.ts';
import { print } from '../terminal.ts';

/** The scripts are shipped as they are. */
function script(name: string): string {
  return packageFile(`src/debuggers/${name}`);
}

/** Each debugger has its own rules for a path with spaces; gdb takes all of the line. */
export function printDebuggers(): void {
  print(`Commands of leakviz in a debugger. Paste, or put into its start-up file:

gdb, in ~/.gdbinit:
  source ${script('leakviz_gdb.py')}

lldb, in ~/.lldbinit:
  command script import "${script('leakviz_lldb.py')}"

WinDbg, ranges as A1 A2 or A Lxxx:
  $$>a<"${script('leakviz.txt')}" A1 A2
  $$>a<"${script('leakviz-snapshot.txt')}"
  $$>a<"${script('leakviz-diff.txt')}"
`);
}
