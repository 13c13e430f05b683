// Reads the command line, runs one command, and turns every outcome into a message and an exit code.
import yargs from 'yargs';
import { LeakvizError } from '../errors.ts';
import { commands } from './commands/index.ts';
import { exitCodes, exitCodesHelp } from './exit-code.ts';
import { runCleanUps } from './clean-up.ts';
import { version } from './version.ts';

/** Never rejects: failures end in a message on stderr and process.exitCode. */
export async function run(args: readonly string[]): Promise<void> {
  process.stdout.on('error', endOnBrokenPipe);
  const interruption = new AbortController();
  listenForSignals(interruption);
  try {
    await parser(interruption.signal).parseAsync([...args]);
  } catch (error) {
    process.exitCode = report(error);
  } finally {
    runCleanUps();
  }
}

function parser(signal: AbortSignal) {
  let parser = yargs()
    .scriptName('leakviz')
    .usage('$0 <command>\n\nCompares dumps of one growing process: which region grows, which allocation fills it,\nhow many came and how fast.')
    .version(version())
    .strict()
    .demandCommand(1, 'Which command? Most of the time: leakviz diff a.dmp b.dmp c.dmp')
    .example('$0 diff a.dmp b.dmp c.dmp', 'three dumps, in the order they were taken')
    .example("$0 diff 'dumps/*.dmp' -o out", 'all dumps of a pattern, by name')
    .epilogue(exitCodesHelp)
    .wrap(Math.min(100, process.stdout.columns ?? 80))
    .exitProcess(false)
    .fail(false)
    .parserConfiguration({ 'parse-numbers': false, 'parse-positional-numbers': false });
  for (const command of commands) parser = command(parser, signal);
  return parser;
}

function report(error: unknown): number {
  if (process.exitCode !== undefined && isAbort(error)) return Number(process.exitCode);
  if (error instanceof LeakvizError) {
    console.error(`leakviz: ${error.message}${error.hint ? `. ${error.hint}` : ''}`);
    return exitCodes.badInput;
  }
  if (error instanceof Error && error.name === 'YError') {
    console.error(`leakviz: ${error.message.replaceAll('\n', ' ')}. See leakviz --help.`);
    return exitCodes.badInput;
  }
  console.error('leakviz: this is a bug in leakviz; please report it with the lines below.');
  console.error(error);
  return exitCodes.bug;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** The first signal ends the run in an orderly way; a second one ends it at once. */
function listenForSignals(interruption: AbortController): void {
  for (const [signal, code] of [['SIGINT', exitCodes.interrupted], ['SIGTERM', exitCodes.terminated]] as const) {
    process.on(signal, () => {
      process.exitCode = code;
      if (interruption.signal.aborted) {
        runCleanUps();
        process.exit(code);
      }
      interruption.abort();
    });
  }
}

/** `leakviz diff … | head` is no error. */
function endOnBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  runCleanUps();
  process.exit(exitCodes.done);
}

