// leakviz demo: diff on the samples that are shipped, whose programs counted themselves what they leaked.
import type { InferredOptionTypes } from 'yargs';
import type { Command } from './command.ts';
import { diffOptions } from './diff-options.ts';

const demoOptions = {
  'temp-dir': diffOptions['temp-dir'],
  output: diffOptions.output,
  'no-pictures': diffOptions['no-pictures'],
  quiet: diffOptions.quiet,
  verbose: diffOptions.verbose,
} as const;

export type DemoArgs = InferredOptionTypes<typeof demoOptions>;

export const demo: Command = {
  name: 'demo',
  options: demoOptions,
  add(yargs, signal) {
    return yargs.command(
      'demo',
      'Compare the sample dumps that come with leakviz',
      (builder) => builder.options(demoOptions).example('$0 demo', 'reports in leakviz-report/demo-…'),
      async (args) => (await import('../handlers/demo.ts')).runDemos(args as unknown as DemoArgs, signal),
    ) as typeof yargs;
  },
};
