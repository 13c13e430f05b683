// The blocks of one stride in one dump: how many, where, and what they look like inside.
import type { Allocator, BlockVisitor } from '../allocators/allocator.ts';
import { matchRegions } from '../compare/match-regions.ts';
import { type AddressSketch, newAddressSketch } from '../detect/address-sketch.ts';
import { blockAnatomy } from '../detect/block-anatomy.ts';
import { findStrideClasses } from '../detect/stride/index.ts';
import { unwalkedRanges } from '../detect/unwalked-memory.ts';
import { type FoundHeaps, findHeaps } from '../detect/walk-heaps.ts';
import type { Memory } from '../memory/memory.ts';
import { type Address, formatAddress } from '../model/address.ts';
import type { BlockField, Method } from '../model/leak-report.ts';
import { newPacer, type Pacer } from '../scan/pacer.ts';
import { openSymbols, type Symbols } from '../symbols/open-symbols.ts';
import { type EvenSample, evenly, newEvenSample } from './even-sample.ts';

/** Blocks of one stride that one allocator handed out, or that were seen by their stride alone. */
export interface BlockProfile {
  readonly strideBytes: number;
  readonly allocator: string | null;
  readonly method: Method;
  readonly requestBytes: { readonly min: number; readonly max: number } | null;
  readonly liveBlocks: number;
  /** Null where free blocks cannot be seen. */
  readonly freeBlocks: number | null;
  readonly addresses: readonly string[];
  readonly fields: readonly BlockField[];
}

export interface ProfileOptions {
  readonly allocators: readonly Allocator[];
  readonly stride: number;
  /** Addresses listed per profile, spread over all. */
  readonly limit: number;
  /** Those of the dump's own pages unless given. */
  readonly symbols?: Symbols;
  readonly signal?: AbortSignal;
}

/** One profile per allocator that has blocks of the stride; when none has, what the stride alone shows. */
export async function profileBlocks(memory: Memory, options: ProfileOptions): Promise<BlockProfile[]> {
  const found = findHeaps([memory], options.allocators);
  const pacer = newPacer(options.signal, () => undefined);
  const walked: BlockProfile[] = [];
  for (const heaps of found) {
    const profile = await profileWalked(heaps, memory, options, pacer);
    if (profile) walked.push(profile);
  }
  return walked.length > 0 ? walked : profileUnwalked(found, memory, options, pacer);
}

interface Collected {
  liveBlocks: number;
  freeBlocks: number;
  readonly listed: EvenSample<Address>;
  readonly sketch: AddressSketch;
}

async function profileWalked(
  { allocator, heaps }: FoundHeaps,
  memory: Memory,
  options: ProfileOptions,
  pacer: Pacer,
): Promise<BlockProfile | undefined> {
  const collected: Collected = {
    liveBlocks: 0,
    freeBlocks: 0,
    listed: newEvenSample(options.limit),
    sketch: newAddressSketch(),
  };
  const visitor = collector(collected, options);
  for (const heap of heaps[0]!) for (const _ of allocator.walk(heap, memory, visitor)) await pacer.pace(0);
  if (collected.liveBlocks + collected.freeBlocks === 0) return undefined;
  const { stride } = options;
  const headerBytes = allocator.headerBytes(memory.dump);
  return {
    strideBytes: stride,
    allocator: allocator.id,
    method: 'chunk-walk',
    requestBytes: allocator.requestRange(stride, memory.dump),
    liveBlocks: collected.liveBlocks,
    freeBlocks: collected.freeBlocks,
    addresses: sorted(collected.listed.items()).map((address) => formatAddress(address, memory.dump.pointerSize)),
    fields: anatomyOf(sorted(collected.sketch.addresses), memory, { ...options, headerBytes }),
  };
}

function collector(collected: Collected, { stride }: ProfileOptions): BlockVisitor {
  return {
    block(address, size, live) {
      if (size !== stride) return;
      if (!live) {
        collected.freeBlocks++;
        return;
      }
      collected.liveBlocks++;
      collected.sketch.add(address);
      collected.listed.add(address);
    },
    // info tells of damage; here only the blocks count.
    damage: () => undefined,
  };
}

async function profileUnwalked(
  found: readonly FoundHeaps[],
  memory: Memory,
  options: ProfileOptions,
  pacer: Pacer,
): Promise<BlockProfile[]> {
  const { stride, limit } = options;
  const ranges = unwalkedRanges(matchRegions([memory.dump]), found, memory, 0);
  const classes = await findStrideClasses({ memories: [memory], grownRuns: ranges, ranges: [ranges], pacer });
  return classes
    .filter((one) => one.stride === stride)
    .map((one) => {
      const blocks = sorted(one.sketches[0]!.addresses);
      return {
        strideBytes: stride,
        allocator: null,
        method: 'stride' as const,
        requestBytes: null,
        liveBlocks: one.counts[0]!,
        freeBlocks: null,
        addresses: evenly(blocks, limit).map((address) => formatAddress(address, memory.dump.pointerSize)),
        fields: anatomyOf(blocks, memory, { ...options, headerBytes: null }),
      };
    });
}

/** @param options `headerBytes` is null where no allocator tells where blocks begin */
function anatomyOf(
  blocks: readonly Address[],
  memory: Memory,
  { stride, headerBytes, symbols }: ProfileOptions & { readonly headerBytes: number | null },
): readonly BlockField[] {
  return blockAnatomy({
    memory,
    blocks,
    stride,
    headerBytes: headerBytes ?? 0,
    startsAreKnown: headerBytes !== null,
    // Without folders no file is opened that would have to be closed.
    symbols: symbols ?? openSymbols(memory),
  }).fields;
}

function sorted(addresses: readonly Address[]): Address[] {
  return [...addresses].sort((a, b) => a - b);
}
