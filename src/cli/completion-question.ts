/** What the shell's scripts ask with; yargs answers to it with one word per line. */
export const completionQuestion = '--get-yargs-completions';
