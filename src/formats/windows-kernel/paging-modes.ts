// How the processors of the machines that Windows runs on lay out their page tables.
// Intel SDM volume 3A chapter 4; Arm ARM chapter D8 (4 KiB granule). What Windows keeps in entries that the processor
// does not use (transition: the page is still there, on its way out) is in the public symbols as _MMPTE_TRANSITION.

/** What one entry of a page table leads to. */
export type EntryKind = 'nothing' | 'table' | 'page';

/** Rights of a page: a sum of these. */
export const writableRight = 1;
export const executableRight = 2;

export interface TableLevel {
  /** Bits of an address below those that index tables of this level. */
  readonly shift: number;
  readonly entryCount: number;
  /** Whether entries may lead to a page as large as what they span. */
  readonly hasLargePages: boolean;
}

/** One way to translate virtual addresses. Entries are taken apart as two halves of 32 bits; `high` is 0 where they have 4 bytes. */
export interface PagingMode {
  /** Shown to people. */
  readonly name: string;
  readonly entrySize: 4 | 8;
  /** From the root down. The last level's entries span one page. */
  readonly levels: readonly TableLevel[];
  /** Whether addresses of the upper half are negative; see model/address.ts. */
  readonly signExtends: boolean;
  /** What the root's address is aligned to, in bytes. */
  readonly rootAlignment: number;
  kindOf(low: number, high: number, level: TableLevel): EntryKind;
  /** The entry is not one that the processor would use, but Windows knows the page to be there still. */
  isTransition(low: number): boolean;
  /** That of a large page may have bits below its alignment that are no part of it. */
  frameOf(low: number, high: number, isLarge: boolean): number;
  rightsOf(low: number, high: number): number;
}

const page: TableLevel = { shift: 12, entryCount: 512, hasLargePages: false };
const directory: TableLevel = { shift: 21, entryCount: 512, hasLargePages: true };
const pointers: TableLevel = { shift: 30, entryCount: 512, hasLargePages: true };
const fourth: TableLevel = { shift: 39, entryCount: 512, hasLargePages: false };
const fifth: TableLevel = { shift: 48, entryCount: 512, hasLargePages: false };

const present = 1;
const writable = 2;
const largePage = 0x80;
const copyOnWrite = 0x200;
const prototype = 0x400;
const transition = 0x800;
/** In the high half of an entry of 8 bytes. */
const noExecute = 0x80000000;
const frameBitsHigh = 0xfffff;

/** The protection that Windows keeps in entries in transition, at bit 5. */
const writableProtections = 4;
const executableProtections = 2;

const intel: Pick<PagingMode, 'kindOf' | 'isTransition' | 'frameOf' | 'rightsOf'> = {
  kindOf(low, _high, level) {
    if ((low & present) === 0 && !isIntelTransition(low)) return 'nothing';
    if (level.shift === 12) return 'page';
    // An entry in transition is of a table that is on its way out; large pages never are.
    if ((low & present) === 0 || (low & largePage) === 0) return 'table';
    return level.hasLargePages ? 'page' : 'nothing';
  },
  isTransition: (low) => isIntelTransition(low),
  frameOf: (low, high) => (low >>> 12) + (high & frameBitsHigh) * 2 ** 20,
  rightsOf(low, high) {
    if ((low & present) === 0) return transitionRights(low);
    return ((low & (writable | copyOnWrite)) === 0 ? 0 : writableRight) | (high & noExecute ? 0 : executableRight);
  },
};

function isIntelTransition(low: number): boolean {
  return (low & (present | prototype | transition)) === transition;
}

function transitionRights(low: number): number {
  const protection = (low >>> 5) & 7;
  return (
    (protection & writableProtections ? writableRight : 0) | (protection & executableProtections ? executableRight : 0)
  );
}

const intel64 = { ...intel, entrySize: 8 } as const;

const fourLevels: PagingMode = {
  ...intel64,
  name: '4-level',
  levels: [fourth, pointers, directory, page],
  signExtends: true,
  rootAlignment: 4096,
};

const fiveLevels: PagingMode = { ...fourLevels, name: '5-level', levels: [fifth, ...fourLevels.levels] };

const pae: PagingMode = {
  ...intel64,
  name: 'PAE',
  levels: [{ shift: 30, entryCount: 4, hasLargePages: false }, directory, page],
  signExtends: false,
  rootAlignment: 32,
};

const twoLevels: PagingMode = {
  ...intel,
  name: '2-level',
  entrySize: 4,
  levels: [
    { shift: 22, entryCount: 1024, hasLargePages: true },
    { shift: 12, entryCount: 1024, hasLargePages: false },
  ],
  signExtends: false,
  rootAlignment: 4096,
  // PSE-36: bits 13 to 20 of a large page's entry are bits 32 to 39 of its address.
  frameOf: (low, _high, isLarge) => (isLarge ? (low >>> 22) * 1024 + ((low >>> 13) & 0xff) * 2 ** 20 : low >>> 12),
  rightsOf: (low) => ((low & present) === 0 ? transitionRights(low) : intel.rightsOf(low, 0)),
};

/** One root for both halves: the upper half of the table is what TTBR1 leads to. */
const arm64Levels: PagingMode = {
  name: '4-level',
  entrySize: 8,
  levels: [fourth, pointers, directory, page],
  signExtends: true,
  rootAlignment: 4096,
  kindOf(low, _high, level) {
    if ((low & 1) === 0) return 'nothing';
    const isTableOrPage = (low & 2) !== 0;
    if (level.shift === 12) return isTableOrPage ? 'page' : 'nothing';
    if (isTableOrPage) return 'table';
    return level.hasLargePages ? 'page' : 'nothing';
  },
  isTransition: () => false,
  frameOf: (low, high) => (low >>> 12) + (high & 0xffff) * 2 ** 20,
  // Bit 55 is Windows' own "may be written", bit 7 "not written yet"; bits 53 and 54 forbid execution.
  rightsOf: (low, high) =>
    ((high & (1 << 23)) !== 0 || (low & 0x80) === 0 ? writableRight : 0) |
    (((high >>> 21) & 3) === 3 ? 0 : executableRight),
};

/** The modes that a dump may have been taken in, the likeliest first. */
export function pagingModesOf(architecture: string, usesPae: boolean): readonly PagingMode[] {
  if (architecture === 'x64') return [fourLevels, fiveLevels];
  if (architecture === 'x86') return usesPae ? [pae, twoLevels] : [twoLevels, pae];
  return architecture === 'arm64' ? [arm64Levels] : [];
}
