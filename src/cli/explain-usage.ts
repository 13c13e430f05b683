// yargs says what its parser found; people want to know what they typed wrong and what to type instead.
import { LeakvizError } from '../errors.ts';
import { closestWord } from './closest-word.ts';
import type { Command } from './commands/command.ts';

/** Turns a message of yargs (in English) about a command line into one of ours. */
export function explainUsage(message: string, args: readonly string[], commands: readonly Command[]): LeakvizError {
  const command = commands.find((one) => args.includes(one.name));
  const [, unknownCommand] = /^Unknown commands?: ([^,]*)/.exec(message) ?? [];
  if (unknownCommand !== undefined) {
    if (command) return usageError(`${where(command)}${unknownCommand} is one argument too many`, seeHelp(command));
    return explainCommand(unknownCommand, commands);
  }
  const [, unknownOption] = /^Unknown arguments?: ([^,]*)/.exec(message) ?? [];
  if (unknownOption !== undefined) return explainOption(unknownOption, args, command);
  const [, valueless] = /^Not enough arguments following: (.*)/.exec(message) ?? [];
  if (valueless !== undefined) {
    return usageError(`${where(command)}${typed(valueless, args)} needs a value`, seeHelp(command));
  }
  if (/^Not enough non-option arguments/.test(message) && command?.missing) {
    return usageError(`${where(command)}${command.missing.text}`, `Such as: ${command.missing.example}`);
  }
  return usageError(`${where(command)}${message}`, seeHelp(command));
}

function explainCommand(name: string, commands: readonly Command[]): LeakvizError {
  const meant = closestWord(
    name,
    commands.map((one) => one.name),
  );
  const hint = meant === undefined ? 'leakviz --help lists the commands' : `Did you mean leakviz ${meant}?`;
  return usageError(`unknown command ${name}`, hint);
}

function explainOption(name: string, args: readonly string[], command: Command | undefined): LeakvizError {
  const known = [...Object.keys(command?.options ?? {}), 'help', 'version'];
  const meant = closestWord(name, known);
  const hint = meant === undefined ? seeHelp(command) : `Did you mean --${meant}? ${seeHelp(command)}`;
  return usageError(`${where(command)}unknown option ${typed(name, args)}`, hint);
}

/** The option as it was typed: yargs takes the dashes off. */
function typed(name: string, args: readonly string[]): string {
  const spellings = [`--${name}`, `-${name}`];
  const isTyped = (spelling: string) => args.some((arg) => arg === spelling || arg.startsWith(`${spelling}=`));
  return spellings.find(isTyped) ?? (name.length === 1 ? `-${name}` : `--${name}`);
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
