/** What leakviz exits with; printed in --help. */
export const exitCodes = {
  done: 0,
  gateFailed: 1,
  badInput: 2,
  bug: 70,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

const meanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: 'done, whatever the verdict is',
  gateFailed: 'a --fail-on condition holds, or cannot be judged',
  badInput: 'usage, bad input, or an output that cannot be written',
  bug: 'a bug in leakviz',
  hungUp: 'ended by SIGHUP: the terminal was closed',
  interrupted: 'ended by Ctrl-C',
  terminated: 'ended by SIGTERM',
};

export const exitCodesHelp = ['Exit codes:', ...Object.entries(exitCodes).map(helpLine)].join('\n');

function helpLine([name, code]: [string, number]): string {
  return `  ${String(code).padEnd(5)}${meanings[name as keyof typeof exitCodes]}`;
}
