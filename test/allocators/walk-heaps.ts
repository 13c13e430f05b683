import type { Allocator, Heap } from '../../src/allocators/allocator.ts';
import type { Memory } from '../../src/memory/memory.ts';
import type { Address, PointerSize } from '../../src/model/address.ts';
import type { Thread } from '../../src/model/dump.ts';
import { fakeMemory } from '../synth/fake-memory.ts';
import type { MemoryImage } from '../synth/memory-image.ts';

/** What a visitor is told of one block. */
interface WalkedBlock {
  readonly address: Address;
  readonly stride: number;
  readonly live: boolean;
  readonly request: number;
}

export interface WalkedHeaps {
  readonly heaps: Heap[];
  readonly blocks: WalkedBlock[];
  readonly damage: { readonly address: Address; readonly message: string }[];
  /** How often the walks gave way. */
  readonly yields: number;
}

/** The image as the memory of a Windows process. */
export function windowsMemory(image: MemoryImage, pointerSize: PointerSize, threads: readonly Thread[] = []): Memory {
  const memory = fakeMemory(image.regions(), { pointerSize, architecture: pointerSize === 8 ? 'x64' : 'x86' });
  return { ...memory, dump: { ...memory.dump, operatingSystem: 'windows', threads } };
}

/** Walks all heaps that the allocator finds. */
export function walkHeaps(allocator: Allocator, memory: Memory): WalkedHeaps {
  const heaps = allocator.findHeaps(memory);
  const blocks: WalkedBlock[] = [];
  const damage: { address: Address; message: string }[] = [];
  let yields = 0;
  const visitor = {
    block: (address: Address, stride: number, live: boolean, request: number) => {
      blocks.push({ address, stride, live, request });
    },
    damage: (address: Address, message: string) => {
      damage.push({ address, message });
    },
  };
  for (const heap of heaps) {
    for (const _ of allocator.walk(heap, memory, visitor)) yields += 1;
  }
  return { heaps, blocks, damage, yields };
}
