/** What leakviz exits with; printed in --help. */
export const exitCodes = {
  done: 0,
  gateFailed: 1,
  badInput: 2,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export const exitCodesHelp = `Exit codes: 0 done · 1 a --fail-on condition holds or could not be judged · 2 usage or
bad input · 70 a bug in leakviz · 130 and 143 after Ctrl-C and SIGTERM`;
