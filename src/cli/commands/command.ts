import type { Argv, Options } from 'yargs';

/** One of leakviz's commands. To add one: a file here, and a line in index.ts. */
export interface Command {
  readonly name: string;
  /** As yargs takes them; also what a mistyped option is compared with. */
  readonly options: Readonly<Record<string, Options>>;
  /** Said when arguments are missing: which they are, and a command line that works. */
  readonly missing?: { readonly text: string; readonly example: string };
  /** Adds it to the parser. `signal` is aborted by Ctrl-C and SIGTERM. */
  add(yargs: Argv, signal: AbortSignal): Argv;
}
