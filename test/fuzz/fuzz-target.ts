import type { Random } from './random.ts';

/** One thing that hostile input reaches. */
export interface FuzzTarget {
  readonly id: string;
  /** Takes a turn in one of so many rounds only, for cases that take long; in every round unless given. */
  readonly oneRoundIn?: number;
  /**
   * One case. Throws what is a finding: anything but the LeakvizError that bad input may end in. `folder` is for files
   * of the case.
   */
  run(random: Random, folder: string): Promise<void> | void;
}
