// yargs says what its parser found; people want to know what they typed wrong and what to type instead.
import { LeakvizError } from '../errors.ts';
import { closestWord } from './closest-word.ts';
import type { Command } from './commands/command.ts';

/** Options of every command. */
const commonOptions = ['help', 'h', 'version', 'V'];

/** Turns a message of yargs (in English) about a command line into one of ours. */
export function explainUsage(message: string, args: readonly string[], commands: readonly Command[]): LeakvizError {
  const command = typedCommand(args, commands);
  const known = [...commonOptions, ...(command ? [command] : commands).flatMap(optionNames)];
  // What follows an unknown option is taken for its value, and then missed elsewhere: the option is the cause.
  const unknown = args.find((arg) => isOption(arg) && !known.includes(nameOf(arg)));
  if (unknown !== undefined) return explainOption(unknown, known, command);
  const [, extra] = /^Unknown commands?: (.*)/s.exec(message) ?? [];
  if (extra !== undefined && command) {
    return usageError(`${command.name}: not expected: ${extra}`, seeHelp(command));
  }
  // What follows a mistyped command is listed with it.
  if (extra !== undefined) return explainCommand(extra.split(', ')[0]!, commands);
  const [, valueless] = /^Not enough arguments following: (.*)/s.exec(message) ?? [];
  if (valueless !== undefined) {
    const option = args.find((arg) => isOption(arg) && nameOf(arg) === valueless) ?? valueless;
    return usageError(`${where(command)}${option} needs a value`, seeHelp(command));
  }
  if (message.startsWith('Not enough non-option arguments') && command?.missing) {
    return usageError(`${command.name}: ${command.missing.text}`, `Such as: ${command.missing.example}`);
  }
  return usageError(`${where(command)}${message}`, seeHelp(command));
}

function typedCommand(args: readonly string[], commands: readonly Command[]): Command | undefined {
  for (const arg of args) {
    const command = commands.find((one) => one.name === arg);
    if (command) return command;
  }
  return undefined;
}

function optionNames({ options }: Command): string[] {
  return Object.entries(options).flatMap(([name, { alias }]) => [name, ...(typeof alias === 'string' ? [alias] : [])]);
}

function isOption(arg: string): boolean {
  return /^-./s.test(arg) && arg !== '--';
}

/** `--width=64` is `width`; of short options, which may stand together as in `-qv`, the first. */
function nameOf(arg: string): string {
  if (!arg.startsWith('--')) return arg.charAt(1);
  return arg.slice(2).split('=')[0]!;
}

function explainOption(typed: string, known: readonly string[], command: Command | undefined): LeakvizError {
  const [spelling] = typed.split('=');
  const meant = closestWord(
    nameOf(typed),
    known.filter((name) => name.length > 1),
  );
  const hint = meant === undefined ? seeHelp(command) : `Did you mean --${meant}? ${seeHelp(command)}`;
  return usageError(`${where(command)}unknown option ${spelling}`, hint);
}

function explainCommand(typed: string, commands: readonly Command[]): LeakvizError {
  const meant = closestWord(
    typed,
    commands.map(({ name }) => name),
  );
  const hint = meant === undefined ? 'leakviz --help lists the commands' : `Did you mean leakviz ${meant}?`;
  return usageError(`unknown command ${typed}`, hint);
}

function where(command: Command | undefined): string {
  return command ? `${command.name}: ` : '';
}

function seeHelp(command: Command | undefined): string {
  return command ? `leakviz ${command.name} --help lists the options` : 'leakviz --help lists commands and options';
}

function usageError(message: string, hint: string): LeakvizError {
  return new LeakvizError('usage', message, { hint });
}
