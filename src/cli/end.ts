// The ways to end before the work is done.
import { runCleanUps } from './clean-up.ts';
import { exitCodes } from './exit-code.ts';
import { say } from './terminal.ts';

/** `leakviz diff … | head` is no error; what a gate has come to, or that it has not been judged, counts all the same. */
export function endOnBrokenPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') end(Number(process.exitCode ?? exitCodes.done));
    say(`stdout cannot be written: ${error.code === 'ENOSPC' ? 'the disk is full' : error.code}`);
    end(exitCodes.badInput);
  });
  // Nobody is left to be told; what the run comes to, its results and exit code say.
  process.stderr.on('error', () => {});
}

/** At once, with nothing left behind. */
export function end(code: number): never {
  runCleanUps();
  process.exit(code);
}
