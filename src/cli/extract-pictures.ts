// From an opened dump to a published folder of pictures.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { allocators } from '../allocators/index.ts';
import { guessOrder } from '../images/channel-order.ts';
import { findImages } from '../images/find-images.ts';
import { type FoundImage, fileOf } from '../images/found-image.ts';
import { largeBlocks } from '../inspect/large-blocks.ts';
import type { Memory } from '../memory/memory.ts';
import type { OpenedDump } from '../memory/opened-dump.ts';
import { type Address, formatAddress, itemStartingAtOrBelow } from '../model/address.ts';
import type { ListedPicture, PictureListing } from '../model/picture-listing.ts';
import { contentsMark } from '../reports/index.ts';
import { writePictureSheet } from '../reports/picture-sheet.ts';
import { onExit } from './clean-up.ts';
import { type OutputFolder, openOutputFolder } from './output-folder.ts';
import { openProgressBar, type ProgressBar } from './progress-bar.ts';
import { version } from './version.ts';

export const sheetName = 'pictures.html';
export const listingName = 'pictures.json';
const pictureFolder = 'pictures';

export interface PictureWishes {
  readonly output: string;
  readonly leastSide: number;
  /** Files to write. */
  readonly limit: number;
  readonly order: 'rgb' | 'bgr' | undefined;
}

/** Smaller blocks hold no bitmap that could be told from other things. */
const leastBlockBytes = 4096;

/** Rejects with the signal's reason when it is aborted; then nothing is left in the output folder. */
export async function extractPictures(
  dump: OpenedDump,
  wishes: PictureWishes,
  signal: AbortSignal,
): Promise<PictureListing> {
  const folder = openOutputFolder(wishes.output, picturesOfEarlierRun);
  const bar = await openProgressBar(true);
  const forget = onExit(() => {
    bar.stop();
    folder.discard();
  });
  try {
    const listing = await extract(dump, wishes, { folder, bar, signal });
    folder.publish();
    return listing;
  } finally {
    bar.stop();
    folder.discard();
    forget();
  }
}

interface Run {
  readonly folder: OutputFolder;
  readonly bar: ProgressBar;
  readonly signal: AbortSignal;
}

async function extract(dump: OpenedDump, wishes: PictureWishes, run: Run): Promise<PictureListing> {
  const { folder, bar, signal } = run;
  const { memory } = dump;
  const known = await largeBlocks(memory, { allocators, leastBytes: leastBlockBytes, signal });
  const { images, warnings } = await findImages(memory, {
    ...known,
    leastSide: wishes.leastSide,
    order: wishes.order,
    signal,
    onProgress: (done, total) => bar.show('looking for pictures', done, total),
  });
  const written = new Set([...images].sort(bySurety).slice(0, wishes.limit));
  let done = 0;
  for (const image of written) {
    bar.show('writing', done++, written.size);
    folder.write(nameOf(memory, image), fileOf(memory, image));
    await setImmediate();
    signal.throwIfAborted();
  }
  const originals = originalsBySize(images);
  const listing: PictureListing = {
    tool: { name: 'leakviz', version: version() },
    contains: contentsMark,
    dump: basename(dump.path),
    pictures: images.map((image) => listed(image, originals, { memory, wishes, isWritten: written.has(image) })),
    warnings: [...warnings, ...leftOut(images.length - written.size)],
  };
  folder.write(listingName, `${JSON.stringify(listing, null, 2)}\n`);
  folder.write(sheetName, writePictureSheet(listing));
  await setImmediate();
  signal.throwIfAborted();
  return listing;
}

function leftOut(count: number): string[] {
  return count > 0
    ? [`${count} more ${count === 1 ? 'was' : 'were'} found and not written; --limit says how many are`]
    : [];
}

function bySurety(a: FoundImage, b: FoundImage): number {
  return b.score - a.score || b.width * b.height - a.width * a.height || a.address - b.address;
}

/** Of kind, address and size alone: nothing in a dump names a file. */
function nameOf(memory: Memory, image: FoundImage): string {
  const { kind, address, width, height, wholeness, extension } = image;
  const state = wholeness === 'complete' ? '' : `-${wholeness}`;
  const at = formatAddress(address, memory.dump.pointerSize).slice(2);
  return `${pictureFolder}/${kind}-${at}-${width}x${height}${state}.${extension}`;
}

/** Files as large as a bitmap that are named beside it. */
const mostSameSize = 4;

function sizeKey({ width, height }: FoundImage): string {
  return `${width}x${height}`;
}

/** Files that were found, in their order, by width and height. */
function originalsBySize(images: readonly FoundImage[]): Map<string, FoundImage[]> {
  const bySize = new Map<string, FoundImage[]>();
  for (const image of images) {
    if (image.raw) continue;
    const known = bySize.get(sizeKey(image));
    if (known) known.push(image);
    else bySize.set(sizeKey(image), [image]);
  }
  return bySize;
}

function listed(
  image: FoundImage,
  originals: ReadonlyMap<string, readonly FoundImage[]>,
  context: { readonly memory: Memory; readonly wishes: PictureWishes; readonly isWritten: boolean },
): ListedPicture {
  const { memory, wishes, isWritten } = context;
  const text = (address: Address) => formatAddress(address, memory.dump.pointerSize);
  return {
    file: isWritten ? nameOf(memory, image) : null,
    kind: image.kind,
    address: text(image.address),
    sizeBytes: image.size,
    width: image.width,
    height: image.height,
    state: image.wholeness,
    score: Number(image.score.toFixed(2)),
    region: regionOf(memory, image.address),
    copies: image.copies.map(text),
    copyCount: image.copyCount,
    sameSizeAs: image.raw
      ? (originals.get(sizeKey(image)) ?? []).slice(0, mostSameSize).map(({ address }) => text(address))
      : [],
    layout: image.raw ? layoutOf(memory, image.raw, wishes.order !== undefined) : null,
  };
}

function layoutOf(
  memory: Memory,
  raw: NonNullable<FoundImage['raw']>,
  isOrderGiven: boolean,
): NonNullable<ListedPicture['layout']> {
  const colours = raw.order;
  const fourth = raw.channels === 'colour-alpha' ? 'a' : 'x';
  const isNamed = raw.channels === 'gray' || raw.pixelBytes === 2;
  const four = raw.colourAt === 1 ? `${fourth}${colours}` : `${colours}${fourth}`;
  return {
    bitsPerPixel: raw.pixelBytes * 8,
    strideBytes: raw.stride,
    channels: isNamed ? raw.channels : raw.pixelBytes === 3 ? colours : four,
    orderBy: isOrderGiven ? '--channel-order' : guessOrder(memory.dump, raw).why,
    startBy: raw.startBy,
  };
}

function regionOf({ dump }: Memory, address: Address): string {
  const region = itemStartingAtOrBelow(dump.regions, address);
  if (!region || address >= region.end) return '';
  return [region.kind, region.name].filter((word) => word !== '').join(' ');
}

/** What an earlier run wrote, as its list tells. */
function picturesOfEarlierRun(path: string): string[] {
  try {
    const listing = JSON.parse(readFileSync(join(path, listingName), 'utf8')) as {
      tool?: { name?: unknown };
      pictures?: readonly { file?: unknown }[];
    };
    if (listing.tool?.name !== 'leakviz') return [];
    const names = (listing.pictures ?? []).map(({ file }) => file);
    return names.filter(
      (name) => typeof name === 'string' && /^pictures\/[\w-]+\.(png|jpg|gif|webp|bmp|ico)$/.test(name),
    ) as string[];
  } catch {
    // No list of ours, so no pictures of ours.
    return [];
  }
}
