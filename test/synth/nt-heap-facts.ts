import type { PointerSize } from '../../src/model/address.ts';

/*
 * Layouts of NT heaps of Windows Vista and later from Microsoft's public symbols, restated here on their own so that
 * a slip in the walker is not repeated.
 */

export const ntVariants = ['vista-x86', 'vista-x64', 'win8-x86', 'win8-x64'] as const;
export type NtVariant = (typeof ntVariants)[number];

const facts = {
  x86: {
    pointer: 4 as PointerSize,
    granule: 8,
    fields: 0,
    heapHeader: 0x588,
    segmentHeader: 0x40,
    signature: 8,
    listEntry: 0x10,
    heap: 0x18,
    base: 0x1c,
    pages: 0x20,
    first: 0x24,
    last: 0x28,
    uncommittedPages: 0x2c,
    ranges: 0x38,
    encodeMask: 0x4c,
    encoding: 0x50,
    large: { commit: 0x10, reserve: 0x14, block: 0x18 },
  },
  x64: {
    pointer: 8 as PointerSize,
    granule: 16,
    fields: 8,
    heapHeader: 0x740,
    segmentHeader: 0x70,
    signature: 0x10,
    listEntry: 0x18,
    heap: 0x28,
    base: 0x30,
    pages: 0x38,
    first: 0x40,
    last: 0x48,
    uncommittedPages: 0x50,
    ranges: 0x60,
    encodeMask: 0x7c,
    encoding: 0x88,
    large: { commit: 0x20, reserve: 0x28, block: 0x30 },
  },
} as const;

export const versionFacts = {
  'vista-x86': { heapSignature: 0x64, listIndex: 0x80, virtual: 0xa0, segments: 0xa8 },
  'vista-x64': { heapSignature: 0xa0, listIndex: 0xd8, virtual: 0x118, segments: 0x128 },
  'win8-x86': { heapSignature: 0x60, listIndex: 0x7c, virtual: 0x9c, segments: 0xa4 },
  'win8-x64': { heapSignature: 0x98, listIndex: 0xd0, virtual: 0x110, segments: 0x120 },
} as const;

export function factsOf(variant: NtVariant) {
  return variant.endsWith('x64') ? facts.x64 : facts.x86;
}

export function ntGranule(variant: NtVariant): number {
  return factsOf(variant).granule;
}
