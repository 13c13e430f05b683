import type { LeakReport } from '../../model/leak-report.ts';
import { displayWidth } from '../../text/display-width.ts';
import { escapeText, longestSentence } from '../../text/escape-text.ts';
import { debuggerSteps, generalSteps, suspectsOf } from '../report-view.ts';
import { heading, plainName, type TerminalOptions } from './terminal-style.ts';

const mostCommands = 3;

/** The first thing to do: for the first suspect in a debugger, else what to capture. The report has all. */
export function nextLines(report: LeakReport, options: TerminalOptions): string[] {
  const [suspect] = suspectsOf(report);
  const isLeak = report.verdict.status === 'leak';
  const shown = suspect && isLeak ? debuggerSteps(report, suspect) : generalSteps(report);
  const [first] = shown.length > 0 ? shown : report.nextSteps;
  if (first === undefined) return [];
  // A command that does not fit could not be copied whole.
  const commands = first.commands
    .map((command) => plainName(options, command, longestSentence))
    .filter((command) => displayWidth(command) + 2 <= options.columns);
  return [
    heading(options, `Next: ${escapeText(first.title, longestSentence)}`, 'more in the report'),
    ...commands.slice(0, mostCommands).map((command) => `  ${command}`),
  ];
}
