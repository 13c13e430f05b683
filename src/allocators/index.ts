import type { Allocator } from './allocator.ts';
import { glibcMalloc } from './glibc-malloc/index.ts';

/** All allocators, in the order they are looked for. To add one: a file or folder beside this, and a line here. */
export const allocators: readonly Allocator[] = [glibcMalloc];
