import { diff } from './diff.ts';

/** All commands, in the order of --help. */
export const commands = [diff];
