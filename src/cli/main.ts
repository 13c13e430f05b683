#!/usr/bin/env node
// Asking for the version, as programs do often, loads nothing else.
import { version } from './version.ts';

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  // A reader that has gone wants no version.
  process.stdout.on('error', () => {});
  process.stdout.write(`${version()}\n`);
} else {
  const { run } = await import('./run.ts');
  await run(args);
}
