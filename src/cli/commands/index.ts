import type { Command } from './command.ts';
import { demo } from './demo.ts';
import { diff } from './diff.ts';

/** All commands, in the order of --help. */
export const commands: readonly Command[] = [diff, demo];
