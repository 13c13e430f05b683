// All images of one dump: encoded ones first, then bitmaps in what is left.
import { createHash } from 'node:crypto';
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import { capturedIntervals } from '../model/dump-tables.ts';
import { difference, type Interval, union } from '../model/intervals.ts';
import type { List } from '../model/list.ts';
import { newPacer } from '../scan/pacer.ts';
import { guessOrder } from './channel-order.ts';
import { findEncodedImages } from './find-encoded.ts';
import { type FoundImage, memoryPieces } from './found-image.ts';
import { type ReadBudget, spend } from './image-bytes.ts';
import { findRawBitmaps } from './raw/find-raw.ts';
import type { ChannelOrder } from './raw/raw-pixels.ts';

export interface FindImagesOptions {
  /** What allocators handed out in large pieces, where that is known; sorted. */
  readonly blocks: List<Interval>;
  /** Memory in which every large block is known: the rest of it is small ones, whose repetition is no picture. */
  readonly heaps: List<Interval>;
  /** Pixels; images narrower or lower are left out. */
  readonly leastSide: number;
  /** Said by the user; guessed unless given. */
  readonly order: ChannelOrder | undefined;
  readonly signal?: AbortSignal;
  /** Bytes looked at so far and in all. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

export interface FoundImages {
  /** In order of address; each content once. */
  readonly images: readonly FoundImage[];
  /** What was not looked at to the end, and why. */
  readonly warnings: readonly string[];
}

/** Bitmaps are looked for where pixels of that height and width at least can be told from tables by statistics. */
const leastRawSide = 48;
/** More are a sign of memory made to exhaust. */
const mostImages = 20_000;
const mostCopies = 8;
/** Bytes read behind signatures and along rows, in all; sound dumps need a fraction. */
const budgetOf = (bytes: number): ReadBudget => ({ left: 4 * bytes + (256 << 20) });

/** Near linear in the captured bytes; memory does not grow with them. */
export async function findImages(memory: Memory, options: FindImagesOptions): Promise<FoundImages> {
  const { dump } = memory;
  const captured = union(capturedIntervals(dump.captured));
  const total = captured.reduce((sum, { start, end }) => sum + end - start, 0);
  let done = 0;
  const pacer = newPacer(options.signal, (bytes) => {
    done += bytes;
    options.onProgress?.(done, 2 * total);
  });
  const budget = budgetOf(total);
  const collection = newCollection(memory);
  const encoded: Interval[] = [];
  await findEncodedImages({ memory, ranges: captured, budget, pacer }, (image) => {
    // A header that claims more than there is takes all that follows it: each is read, to tell it from others.
    if (image.wholeness === 'partial' && !spend(budget, image.size)) return;
    encoded.push({ start: image.address, end: image.address + image.size });
    if (Math.min(image.width, image.height) < options.leastSide) return;
    const { format, ...measured } = image;
    collection.add({ ...measured, kind: format.id, extension: format.extension, file: image.file, raw: undefined });
  });
  const warnings = budget.left <= 0 ? ['too many headers that claim too much: not all of them were followed'] : [];
  const rawBudget = budgetOf(total);
  const smallBlocks = difference(options.heaps, union(options.blocks));
  const ranges = difference(captured, union([...writtenByNobody(memory), ...smallBlocks, ...encoded]));
  const leastSide = Math.max(options.leastSide, leastRawSide);
  await findRawBitmaps({ memory, ranges, blocks: options.blocks, leastSide, pacer, budget: rawBudget }, (layout) => {
    const order = options.order ?? guessOrder(dump, layout).order;
    const size = layout.stride * layout.height;
    const { address, width, height, score } = layout;
    const raw = { ...layout, order };
    const asPng = { kind: 'raw', extension: 'png', wholeness: 'complete', file: undefined } as const;
    collection.add({ ...asPng, address, size, width, height, score, raw });
  });
  if (rawBudget.left <= 0)
    warnings.push('too much memory looks like pixels and is none: not all was searched for bitmaps');
  if (collection.isFull()) warnings.push(`more than ${mostImages} images: the rest was not kept`);
  return { images: collection.images(), warnings };
}

/** Read-only files and code: pictures are not made there, and tables of libraries look like some. */
function writtenByNobody({ dump }: Memory): List<Interval> {
  return union(dump.regions.filter(({ kind, writable }) => !writable && (kind === 'image' || kind === 'mapped-file')));
}

function newCollection(memory: Memory) {
  const byHash = new Map<
    string,
    { image: Omit<FoundImage, 'copies' | 'copyCount'>; copies: Address[]; count: number }
  >();
  let isFull = false;
  return {
    add(image: Omit<FoundImage, 'copies' | 'copyCount'>): void {
      // The layout belongs to it: the same bytes may have been taken for different pictures.
      const hash = createHash('sha256').update(
        `${image.kind} ${image.width} ${image.height} ${image.raw?.stride ?? ''}`,
      );
      for (const piece of memoryPieces(memory, image.address, image.size)) hash.update(piece);
      const key = hash.digest('base64');
      const known = byHash.get(key);
      if (known) {
        known.count++;
        if (known.copies.length < mostCopies) known.copies.push(image.address);
      } else if (byHash.size < mostImages) byHash.set(key, { image, copies: [], count: 0 });
      else isFull = true;
    },
    isFull: () => isFull,
    images: (): FoundImage[] =>
      [...byHash.values()]
        .map(({ image, copies, count }) => ({ ...image, copies, copyCount: count }))
        .sort((a, b) => a.address - b.address),
  };
}
