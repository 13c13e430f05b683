/** The man page, from the tables of commands and options. Written by `npx vitest run test/cli/man-page.test.ts -u`. */
import type { Options } from 'yargs';
import type { Command } from '../../src/cli/commands/command.ts';
import { exitCodesHelp } from '../../src/cli/exit-code.ts';
import { runCli } from './run-cli.ts';

/** A dash is a hyphen to troff unless it is escaped; a dot at the start of a line is a request. */
function roff(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('…', '...').replace(/^[.']/gm, '\\&$&');
}

function optionLines([name, option]: [string, Options]): string[] {
  const short = typeof option.alias === 'string' ? `\\-${option.alias}, ` : '';
  const value = option.type === 'boolean' ? '' : ' \\fIVALUE\\fR';
  return ['.TP', `\\fB${short}\\-\\-${roff(name)}\\fR${value}`, roff(option.describe ?? '')];
}

/** Usage and purpose as the command's own help says them. */
async function commandLines({ name, options }: Command): Promise<string[]> {
  const { stdout } = await runCli([name, '--help']);
  const [usage, , ...rest] = stdout.split('\n');
  const purpose = rest.slice(0, rest.indexOf('')).join(' ').replace(/\s+/g, ' ').trim();
  return [`.SS ${roff(usage!)}`, roff(purpose), ...Object.entries(options).flatMap(optionLines)];
}

export async function makeManPage(commands: readonly Command[]): Promise<string> {
  const described: string[] = [];
  for (const command of commands) described.push(...(await commandLines(command)));
  const codes = [...exitCodesHelp.matchAll(/^ {2}(\d+) +(.*)$/gm)];
  return [
    '.TH LEAKVIZ 1',
    '.SH NAME',
    'leakviz \\- find memory leaks by comparing dumps of one growing process',
    '.SH SYNOPSIS',
    '.B leakviz',
    '\\fICOMMAND\\fR [\\fIOPTION\\fR]...',
    '.SH DESCRIPTION',
    'Says which region of memory grows, which allocation fills it, how many blocks came between the dumps, and how fast.',
    'Results go to standard output, everything else to standard error.',
    '.SH COMMANDS',
    ...described,
    '.SH EXIT STATUS',
    ...codes.flatMap(([, code, meaning]) => ['.TP', code!, roff(meaning!)]),
    '.SH ENVIRONMENT',
    '.TP',
    'NO_COLOR',
    'No colours, whatever it is set to.',
    '',
  ].join('\n');
}
