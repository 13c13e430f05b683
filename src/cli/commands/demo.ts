// leakviz demo: diff on the samples that are shipped, whose programs counted themselves what they leaked.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InferredOptionTypes } from 'yargs';
import { LeakvizError } from '../../errors.ts';
import { escapeText } from '../../text/escape-text.ts';
import { printCount } from '../../text/print-quantity.ts';
import { packageFile } from '../package-file.ts';
import { parseTimes } from '../parse-quantity.ts';
import { resolveInputs } from '../resolve-inputs.ts';
import { runDiff } from '../run-diff.ts';
import { print } from '../terminal.ts';
import type { Command } from './command.ts';
import { checkGivenOnce, defaultOptions, diffOptions, type ResolvedOptions } from './diff-options.ts';

const demoOptions = {
  'temp-dir': diffOptions['temp-dir'],
  output: diffOptions.output,
  'no-pictures': diffOptions['no-pictures'],
  quiet: diffOptions.quiet,
  verbose: diffOptions.verbose,
} as const;

type DemoArgs = InferredOptionTypes<typeof demoOptions>;

const demos = [
  { name: 'demo-linux', title: 'A Linux process, dumped three times with gcore', samples: 'samples/linux-65535' },
  { name: 'demo-windows', title: 'The same on Windows, in minidumps', samples: 'samples/windows-65535' },
] as const;

export const demo: Command = {
  name: 'demo',
  options: demoOptions,
  add(yargs, signal) {
    return yargs.command(
      'demo',
      'Compare the sample dumps that come with leakviz',
      (builder) => builder.options(demoOptions).example('$0 demo', 'reports in leakviz-report/demo-…'),
      async (args) => {
        checkGivenOnce(args, demoOptions);
        for (const one of demos) await runDemo(one, args as unknown as DemoArgs, signal);
      },
    ) as typeof yargs;
  },
};

async function runDemo(one: (typeof demos)[number], args: DemoArgs, signal: AbortSignal): Promise<void> {
  const truth = readTruth(one.samples);
  const paths = await resolveInputs([packageFile(one.samples)]);
  const { request, counts } = truth;
  print(`${one.title}. It calls malloc(${request}) in a loop`);
  print(`and counted itself how many blocks it holds: ${counts.map(printCount).join(' → ')}.\n`);
  const output = join(args.output, one.name);
  await runDiff(paths, optionsOf(args, output, parseTimes(truth.capturedAt.join(), paths.length)), signal);
  print(`Report: ${escapeText(join(output, 'report.html'), Number.POSITIVE_INFINITY)}\n`);
}

interface Truth {
  readonly request: number;
  readonly counts: readonly number[];
  readonly capturedAt: readonly string[];
}

function readTruth(samples: string): Truth {
  const file = packageFile(`${samples}/truth.json`);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Truth;
  } catch (cause) {
    const hint = 'Install leakviz again, with its samples.';
    throw new LeakvizError('unreadable-file', `${file}: the sample cannot be read`, { hint, cause });
  }
}

function optionsOf(args: DemoArgs, output: string, times: readonly Date[]): ResolvedOptions {
  return {
    ...defaultOptions(),
    output,
    times,
    withPictures: !args['no-pictures'],
    tempDir: args['temp-dir'],
    quiet: args.quiet,
    verbose: args.verbose,
  };
}
