// What the gallery shows: leaks, and what to see in which picture of each.

/** One picture and the one sentence that says what to see. */
export interface Shown {
  /** Id of the picture, as the file in the report's folder is named. */
  readonly picture: string;
  readonly see: string;
}

/** A leak, of a shipped sample or of a small program beside this file. */
export interface GalleryCase {
  readonly id: string;
  readonly title: string;
  readonly what: string;
  readonly source:
    | { readonly kind: 'sample' }
    | { readonly kind: 'program'; readonly file: string; readonly dumps: number };
  readonly shown: readonly Shown[];
}

const program = (file: string, dumps: number) => ({ kind: 'program', file, dumps }) as const;

export const galleryCases: readonly GalleryCase[] = [
  {
    id: 'linux-65535',
    title: 'Blocks of 64 KB, never written',
    what: 'The first program of the article on Dump2Picture: `malloc(65535)` in a loop, on Linux. Memory that was never written is zero, hence black.',
    source: { kind: 'sample' },
    shown: [
      {
        picture: 'overview-1',
        see: 'The first dump: the heap is a black band, and the paper below it is where memory will come.',
      },
      {
        picture: 'overview-3',
        see: 'The last: the black area has grown to the full frame, and the headers at every 64 KB make one coloured line through it.',
      },
      {
        picture: 'growth-rings',
        see: 'Each dump added its ring below the one before: steady growth, nothing was reused.',
      },
    ],
  },
  {
    id: 'linux-255',
    title: 'Blocks of 255 bytes',
    what: 'The second program: the same with `malloc(255)`.',
    source: { kind: 'sample' },
    shown: [
      {
        picture: 'hatch-a1',
        see: 'One header per 272 bytes makes the black area hatched; the ruler above counts them.',
      },
      {
        picture: 'straightened-a1',
        see: 'Cut at 272 bytes a row, the headers stand in one upright line: the period is right.',
      },
    ],
  },
  {
    id: 'linux-63',
    title: 'Blocks of 63 bytes',
    what: 'The third program, `malloc(63)`: four times as many headers.',
    source: { kind: 'sample' },
    shown: [{ picture: 'hatch-a1', see: 'The hatching is denser, for a block begins every 80 bytes.' }],
  },
  {
    id: 'windows-255',
    title: 'The same on a Windows heap',
    what: 'Blocks of 255 bytes in minidumps, taken under Wine.',
    source: { kind: 'sample' },
    shown: [
      {
        picture: 'overview-3',
        see: 'The heap grows by whole segments, each with a red bar and larger than the one before; the blue is the pointers in the header of every block.',
      },
      {
        picture: 'structure-change-2',
        see: 'Only the place where the last segment was still being filled changed its structure; yellow came since.',
      },
    ],
  },
  {
    id: 'sessions',
    title: 'Sessions that are never dropped',
    what: 'A list of structures of 304 bytes in C, with a function pointer, a number, a name and a random token, between buffers that come and go.',
    source: program('sessions.c', 4),
    shown: [
      {
        picture: 'overview-4',
        see: 'A heap woven of yellow and grey: rows of 8 KB against blocks of 304 bytes; the weave slips wherever a buffer lies between.',
      },
      {
        picture: 'straightened-a1',
        see: 'Columns from left to right: the header, the pointer to the next session in blue, the address of a function, numbers in yellow, the name in green, the random token in grey, and zeros that nobody uses.',
      },
    ],
  },
  {
    id: 'pool',
    title: 'A pool that leakviz does not know',
    what: 'Nodes of a tree in slabs of 1 MB from `mmap`, without any allocator: only the period shows them.',
    source: program('pool.c', 3),
    shown: [
      { picture: 'growth-rings', see: 'Slabs are mapped downward in memory: the youngest ring stands on top.' },
      {
        picture: 'straightened-a1',
        see: 'At 96 bytes a row the pointer to the parent stands upright, and the pointers to left and right take turns: a tree, found without knowing the pool.',
      },
    ],
  },
  {
    id: 'threads',
    title: 'Threads that never end',
    what: 'A thread per job, each waiting for ever: what grows is stacks.',
    source: program('threads.c', 3),
    shown: [
      {
        picture: 'growth-rings',
        see: 'Each stack is a band of its own, dark because it was mapped and hardly touched; a bright end stands where the thread waits.',
      },
    ],
  },
  {
    id: 'cache',
    title: 'A cache without a bound, in Python',
    what: 'Objects with slots, a float and a number each, kept in a list.',
    source: program('cache.py', 3),
    shown: [
      {
        picture: 'growth-heatmap',
        see: 'CPython takes arenas of 1 MB and fills them to the brim: bright boxes with seams, and above them the list itself, which moved when it grew.',
      },
      {
        picture: 'straightened-a1',
        see: 'Seven of eight words are pointers, the yellow one is the count of references, and the last field is the type: Entry.',
      },
    ],
  },
  {
    id: 'listeners',
    title: 'Listeners that are never removed, in Node',
    what: 'A closure per request on an event emitter; each keeps its request alive.',
    source: program('listeners.mjs', 3),
    shown: [
      {
        picture: 'overview-3',
        see: 'V8 keeps objects in pages of 256 KB all over its address space: blue bands full of pointers, black ones taken and not yet used.',
      },
      {
        picture: 'growth-rings',
        see: 'No rings in order: pages come wherever there is room, so old and young ones lie side by side.',
      },
    ],
  },
];
