import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';

/** Pools of 16 KiB since CPython 3.10, of 4 KiB before; an arena has room for 64 of them. */
export const poolSizes = [16 << 10, 4 << 10] as const;

/** struct pool_header of CPython Objects/obmalloc.c; blocks begin behind it. */
const poolFields = { used: 0, freeBlock: 8, arenaIndex: 32, sizeClass: 36, nextOffset: 40, lastOffset: 44 } as const;
export const poolHeaderBytes = 48;

/** Blocks are multiples of 16 bytes, of 8 before CPython 3.7.4 and 3.8. */
const alignments = [16, 8] as const;
/** Larger requests go to the allocator below. */
export const largestBlock = 512;

export interface Pool {
  readonly start: Address;
  readonly arenaIndex: number;
  readonly blockBytes: number;
  /** Blocks handed out. */
  readonly used: number;
  /** Blocks that were handed out at least once; those behind them hold nothing yet. */
  readonly carved: number;
  /** First free block, 0 where there is none. */
  readonly freeBlock: Address;
}

/** The pool at an address; undefined where its header contradicts itself, or was not captured. */
export function readPool(memory: Memory, start: Address, poolBytes: number): Pool | undefined {
  const view = new DataView(new ArrayBuffer(poolHeaderBytes));
  if (memory.read(start, new Uint8Array(view.buffer)) < poolHeaderBytes) return undefined;
  const blockBytes = poolBytes - view.getUint32(poolFields.lastOffset, true);
  const sizeClass = view.getUint32(poolFields.sizeClass, true);
  if (blockBytes > largestBlock || !alignments.some((unit) => blockBytes === (sizeClass + 1) * unit)) return undefined;
  const carved = (view.getUint32(poolFields.nextOffset, true) - poolHeaderBytes) / blockBytes;
  const used = view.getUint32(poolFields.used, true);
  if (!Number.isInteger(carved) || carved * blockBytes > poolBytes - poolHeaderBytes || used > carved) return undefined;
  return {
    start,
    arenaIndex: view.getUint32(poolFields.arenaIndex, true),
    blockBytes,
    used,
    carved,
    freeBlock: Number(view.getBigUint64(poolFields.freeBlock, true)),
  };
}

/** By block, 1 for those on the pool's list of free ones. */
export function freeBlocksOf({ start, blockBytes, carved, freeBlock }: Pool, memory: Memory): Uint8Array {
  const isFree = new Uint8Array(carved);
  for (let at = freeBlock; at !== 0; ) {
    const index = (at - start - poolHeaderBytes) / blockBytes;
    if (isFree[index] !== 0) break;
    isFree[index] = 1;
    at = memory.i64(at) ?? 0;
  }
  return isFree;
}
