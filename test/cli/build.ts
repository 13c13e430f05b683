import { spawnSync } from 'node:child_process';
import { projectFolder } from './run-cli.ts';

/** Runs once before the tests that use dist/, so that they never see an older build. */
export function setup(): void {
  // One command line for all systems: on Windows npm is a script that only a shell can start.
  const build = spawnSync('npm run --silent build', { cwd: projectFolder, shell: true, encoding: 'utf8' });
  if (build.status !== 0) throw new Error(`npm run build failed:\n${build.stdout}${build.stderr}`);
}
