import type { Allocator } from './allocator.ts';
import { glibcMalloc } from './glibc-malloc/index.ts';
import { jemalloc } from './jemalloc/index.ts';
import { mimalloc } from './mimalloc/index.ts';
import { muslMalloc } from './musl-malloc/index.ts';
import { ntHeap } from './nt-heap/index.ts';
import { pymalloc } from './pymalloc/index.ts';
import { tcmalloc } from './tcmalloc/index.ts';
import { wineHeap } from './wine-heap/index.ts';

/** All allocators. A process may use several; each finds only what it is certain of, so that the order is of no matter. */
export const allocators: readonly Allocator[] = [
  glibcMalloc,
  jemalloc,
  mimalloc,
  muslMalloc,
  ntHeap,
  pymalloc,
  tcmalloc,
  wineHeap,
];
