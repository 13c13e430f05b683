// The ways to end before the work is done.
import { runCleanUps } from './clean-up.ts';
import { exitCodes } from './exit-code.ts';
import { say } from './terminal.ts';

/** `leakviz diff … | head` is no error. */
export function endOnBrokenPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') end(exitCodes.done);
    say(`stdout cannot be written: ${error.code === 'ENOSPC' ? 'the disk is full' : error.code}`);
    end(exitCodes.badInput);
  });
  // Nobody is left to be told.
  process.stderr.on('error', () => end(exitCodes.done));
}

/** At once, with nothing left behind. */
export function end(code: number): never {
  runCleanUps();
  process.exit(code);
}
