// Reads the command line, runs one command, and turns every outcome into a message and an exit code.
import { inspect } from 'node:util';
import yargs, { type Argv } from 'yargs';
import { LeakvizError } from '../errors.ts';
import { checkGivenOnce } from './check-given-once.ts';
import { checkToggles } from './check-toggles.ts';
import { runCleanUps } from './clean-up.ts';
import { commands } from './commands/index.ts';
import { completeValues } from './complete-values.ts';
import { completionQuestion } from './completion-question.ts';
import { end, endOnBrokenPipes } from './end.ts';
import { exitCodes, exitCodesHelp } from './exit-code.ts';
import { explainUsage } from './explain-usage.ts';
import { print, say } from './terminal.ts';
import { version } from './version.ts';

/** yargs gives what stands after `--` to no command; a path says the same. */
function withoutDoubleDash(args: readonly string[]): string[] {
  // To a shell that asks for completions, `--` is the beginning of an option.
  if (args[0] === completionQuestion) return args.map((arg) => (arg === '--' ? '-' : arg));
  const at = args.indexOf('--');
  if (at < 0) return [...args];
  const paths = args.slice(at + 1).map((arg) => (arg.startsWith('-') ? `./${arg}` : arg));
  return [...args.slice(0, at), ...paths];
}

/** yargs has them since 18.1; its types do not know them. */
interface UntypedArgv {
  usageConfiguration(configuration: { readonly 'hide-types': boolean }): Argv;
  getInternalMethods(): { getUsageInstance(): { cacheHelpMessage(): void } };
}

/** Never rejects: failures end in a message on stderr and process.exitCode. */
export async function run(args: readonly string[]): Promise<void> {
  endOnBrokenPipes();
  const values = args[0] === completionQuestion ? completeValues(args.slice(1)) : undefined;
  if (values) {
    if (values.length > 0) print(values.join('\n'));
    return;
  }
  const interruption = new AbortController();
  listenForSignals(interruption);
  // What nobody waited for: Node.js would end with code 1, which means something else here, and leave files behind.
  process.on('uncaughtException', (error) => end(report(error, interruption.signal)));
  try {
    await parser(args, interruption.signal).parseAsync(withoutDoubleDash(args));
  } catch (error) {
    process.exitCode = report(error, interruption.signal);
  } finally {
    runCleanUps();
  }
}

const purpose =
  'Finds memory leaks by comparing dumps of one growing process: which region grows, which allocation fills it, how many came and how fast.';

/** Wider lines of text are hard to read. */
const widestHelp = 100;

function parser(args: readonly string[], signal: AbortSignal): Argv {
  let parser: Argv = yargs()
    .scriptName('leakviz')
    .locale('en')
    .updateStrings({ 'Positionals:': 'Arguments:' })
    .usage(`$0 <command>\n\n${purpose}`)
    .help('help')
    .alias('help', 'h')
    .version('version', 'Show the version', version())
    .alias('version', 'V')
    .group(['help', 'version'], 'Help:')
    .strictCommands()
    .strictOptions()
    .demandCommand(1, noCommand)
    .example('$0 diff a.dmp b.dmp c.dmp', 'three dumps, oldest first')
    .example('$0 diff --help', 'its options')
    .epilogue(exitCodesHelp)
    .wrap(Math.min(widestHelp, process.stdout.columns || 80))
    .exitProcess(false)
    .fail((message, error) => {
      throw usageFailure(message, error, args);
    })
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    });
  const untyped = parser as Argv & UntypedArgv;
  // Of a command that was begun yargs keeps the help, should it fail; ours have messages of their own, and begin sooner.
  untyped.getInternalMethods().getUsageInstance().cacheHelpMessage = () => {};
  parser = untyped.usageConfiguration({ 'hide-types': true });
  parser.middleware((parsed) => {
    const options = commands.find(({ name }) => name === parsed._[0])?.options ?? {};
    checkGivenOnce(parsed, options);
    checkToggles(args, options);
  });
  for (const command of commands) parser = command.add(parser, signal);
  return parser;
}

const noCommand = 'no command was given';

function usageFailure(message: string | null, error: Error | undefined, args: readonly string[]): unknown {
  if (error && error.name !== 'YError') return error;
  return explainUsage(message ?? error?.message ?? noCommand, args, commands);
}

function report(error: unknown, signal: AbortSignal): number {
  if (signal.aborted && process.exitCode !== undefined) {
    say('stopped before the result was written');
    return Number(process.exitCode);
  }
  if (error instanceof LeakvizError) {
    say(error.hint === undefined ? error.message : `${error.message}. ${error.hint}`);
    return exitCodes.badInput;
  }
  say('this is a bug in leakviz; please report it with the lines below');
  for (const line of inspect(error).split('\n')) say(line);
  return exitCodes.bug;
}

/** The first signal ends the run in an orderly way; a second one ends it at once. */
function listenForSignals(interruption: AbortController): void {
  for (const [signal, code] of [
    ['SIGINT', exitCodes.interrupted],
    ['SIGTERM', exitCodes.terminated],
    // The terminal was closed.
    ['SIGHUP', exitCodes.hungUp],
  ] as const) {
    process.on(signal, () => {
      process.exitCode = code;
      if (interruption.signal.aborted) end(code);
      interruption.abort();
    });
  }
}
