// Lets a stopped process go on even when leakviz is killed: by SIGKILL, or because the system ran out of memory.
import { spawn } from 'node:child_process';

export interface ResumeGuard {
  /** Ends the guard without it doing anything. */
  dismiss(): void;
}

/** It waits for a line; when leakviz dies, its end of the pipe is closed instead. Ctrl-C is for leakviz alone. */
const script = `trap '' INT TERM HUP; read -r line || kill -CONT "$1"`;

/** Where there is no shell there is no guard, and leakviz's own handlers have to do. */
export async function startResumeGuard(processId: number): Promise<ResumeGuard> {
  const guard = spawn('sh', ['-c', script, 'sh', `${processId}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.stdin.on('error', () => undefined);
  guard.unref();
  const isStarted = await new Promise<boolean>((resolve) => {
    guard.once('spawn', () => resolve(true));
    guard.on('error', () => resolve(false));
  });
  if (!isStarted) return { dismiss: () => undefined };
  return { dismiss: () => void guard.stdin.end('done\n') };
}
