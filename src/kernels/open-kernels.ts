import { type Kernels, reservedBytes } from './kernels.ts';
import { scalarKernels } from './scalar-kernels.ts';
import { simdKernels } from './simd-kernels.ts';

/** Kernels over a memory of this many bytes: the fastest that run here. */
export function openKernels(bytes: number): Kernels {
  return simdKernels(bytes) ?? scalarKernels(new ArrayBuffer(Math.ceil((bytes + reservedBytes) / 8) * 8));
}

/** The same, over the memory of kernels whose work is done where that is large enough; what they left there is not cleared. */
export function reopenKernels(bytes: number, done: Kernels | undefined): Kernels {
  return done !== undefined && done.buffer.byteLength >= bytes + reservedBytes ? done : openKernels(bytes);
}
