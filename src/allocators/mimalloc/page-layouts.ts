/** Where the fields of mi_page_t stand; byte offsets. Slices of a segment are an array of them. */
export interface PageLayout {
  readonly version: string;
  /** sizeof(mi_page_t). */
  readonly bytes: number;
  readonly capacity: number;
  readonly reserved: number;
  readonly free: number;
  readonly localFree: number;
  readonly used: { readonly offset: number; readonly bytes: 2 | 4 };
  readonly blockSize: { readonly offset: number; readonly bytes: 4 | 8 };
  /** Undefined where the page's first block is told by a rule only. */
  readonly pageStart: number | undefined;
  /** Two random words, in builds whose free lists are encoded. */
  readonly keys: number | undefined;
  readonly threadFree: number;
  readonly heap: number;
}

/** Fields of the slices of segments that stand at the same place in all versions. */
export const sliceFields = { sliceCount: 0, sliceOffset: 4 } as const;

const inSegments = { capacity: 10, reserved: 12, free: 16 } as const;

/** mimalloc include/mimalloc/types.h (include/mimalloc-types.h in 2.0): 2.0 to 2.1.4, and 2.1.7 to 2.2. */
export const pageLayouts: readonly PageLayout[] = [
  {
    version: '2.0',
    bytes: 80,
    ...inSegments,
    localFree: 32,
    used: { offset: 24, bytes: 4 },
    blockSize: { offset: 28, bytes: 4 },
    pageStart: undefined,
    keys: undefined,
    threadFree: 40,
    heap: 48,
  },
  {
    version: '2.2',
    bytes: 96,
    ...inSegments,
    localFree: 24,
    used: { offset: 32, bytes: 2 },
    blockSize: { offset: 40, bytes: 8 },
    pageStart: 48,
    keys: undefined,
    threadFree: 56,
    heap: 64,
  },
  {
    version: '2.0 with encoded lists',
    bytes: 96,
    ...inSegments,
    localFree: 32,
    used: { offset: 24, bytes: 4 },
    blockSize: { offset: 28, bytes: 4 },
    pageStart: undefined,
    keys: 40,
    threadFree: 56,
    heap: 64,
  },
  {
    version: '2.2 with encoded lists',
    bytes: 112,
    ...inSegments,
    localFree: 24,
    used: { offset: 32, bytes: 2 },
    blockSize: { offset: 40, bytes: 8 },
    pageStart: 48,
    keys: 56,
    threadFree: 72,
    heap: 80,
  },
];

/** mimalloc 3.0: pages stand in arenas, each with its record in front. */
export const arenaPageLayout: PageLayout = {
  version: '3.0',
  bytes: 120,
  free: 8,
  used: { offset: 16, bytes: 2 },
  capacity: 18,
  reserved: 20,
  localFree: 24,
  threadFree: 32,
  blockSize: { offset: 40, bytes: 8 },
  pageStart: 48,
  keys: undefined,
  heap: 64,
};

/** Bytes between a page's beginning and its first block. Tells versions apart that have no field for it. */
export type StartRule = (blockSize: number) => number;

/** `_mi_segment_page_start` of 2.0.9, of 2.0.7, of 2.1, and of 2.0.6 and earlier. */
export const startRules: readonly StartRule[] = [
  (blockSize) => (blockSize <= 1024 ? 384 : 0),
  (blockSize) => (blockSize <= 1024 ? 128 : 0),
  (blockSize) => (blockSize <= 64 ? 3 * blockSize : blockSize <= 512 ? blockSize : 0),
  () => 0,
];
