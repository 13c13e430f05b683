import type { DumpWarning } from '../model/dump.ts';
import type { TimeSource } from '../model/leak-report.ts';
import type { Memory } from './memory.ts';

/** A dump file ready to be looked at. */
export interface OpenedDump {
  /** As the user named it. */
  readonly path: string;
  /** Size of the file as it is on disk, compressed or not. */
  readonly fileBytes: number;
  readonly memory: Memory;
  readonly capturedAt: Date | null;
  readonly timeSource: TimeSource | null;
  /** Beyond those of the dump itself. */
  readonly warnings: readonly DumpWarning[];
  close(): void;
}
