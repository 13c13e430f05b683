// Progress on stderr, when it is a terminal and the work takes long enough to be noticed.
import type { SingleBar } from 'cli-progress';

export interface ProgressBar {
  /** @param total 0 when it is not known: the step is named, without a bar */
  show(step: string, done: number, total: number): void;
  stop(): void;
}

const silent: ProgressBar = { show: () => undefined, stop: () => undefined };
/** Shorter work is over before a bar could be read. */
const patienceMs = 400;

const barSize = 30;

function format(
  _: object,
  { progress }: { progress: number },
  { step, total }: { step: string; total: number },
): string {
  if (total === 0) return `${step} …`;
  const filled = Math.round(Math.min(1, progress) * barSize);
  return `${step} ${'█'.repeat(filled)}${'░'.repeat(barSize - filled)} ${Math.floor(progress * 100)}%`;
}

export async function openProgressBar(isWanted: boolean): Promise<ProgressBar> {
  if (!isWanted || !process.stderr.isTTY) return silent;
  const { SingleBar } = (await import('cli-progress')).default;
  const started = performance.now();
  let bar: SingleBar | undefined;
  return {
    show(step, done, total) {
      if (performance.now() - started < patienceMs) return;
      if (!bar) {
        bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true, hideCursor: true });
        bar.start(Math.max(1, total), 0, { step, total });
      }
      bar.setTotal(Math.max(1, total));
      bar.update(Math.min(done, Math.max(1, total)), { step, total });
    },
    stop() {
      bar?.stop();
      bar = undefined;
    },
  };
}
