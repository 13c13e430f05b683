import { type Kernels, reservedBytes } from './kernels.ts';
import { scalarKernels } from './scalar-kernels.ts';
import { simdKernels } from './simd-kernels.ts';

/** Kernels over a memory of this many bytes: the fastest that run here. */
export function openKernels(bytes: number): Kernels {
  return simdKernels(bytes) ?? scalarKernels(new ArrayBuffer(Math.ceil((bytes + reservedBytes) / 8) * 8));
}
