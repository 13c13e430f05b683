import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LeakvizError } from '../../errors.ts';
import { escapeText } from '../../text/escape-text.ts';
import { printCount } from '../../text/print-quantity.ts';
import type { DemoArgs } from '../commands/demo.ts';
import { packageFile } from '../package-file.ts';
import { parseTimes } from '../parse-quantity.ts';
import { resolveInputs } from '../resolve-inputs.ts';
import { defaultOptions, type ResolvedOptions } from '../resolve-options.ts';
import { runDiff } from '../run-diff.ts';
import { print } from '../terminal.ts';

const demos = [
  { name: 'demo-linux', title: 'A Linux process, dumped three times with gcore', samples: 'samples/linux-65535' },
  { name: 'demo-windows', title: 'The same on Windows, in minidumps', samples: 'samples/windows-65535' },
] as const;

export async function runDemos(args: DemoArgs, signal: AbortSignal): Promise<void> {
  for (const one of demos) await runDemo(one, args, signal);
}

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
