#!/usr/bin/env node
// Asking for the version, as programs do often, loads nothing else.
import { version } from './version.ts';

const args = process.argv.slice(2);
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  // A reader that has gone wants no version.
  process.stdout.on('error', () => {});
  process.stdout.write(`${version()}\n`);
} else {
  // Threads get ready while the rest is loaded.
  if (args[0] === 'diff') (await import('./early-helpers.ts')).startEarlyHelpers(args);
  const { run } = await import('./run.ts');
  await run(args);
}
