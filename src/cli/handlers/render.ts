import { extname, resolve } from 'node:path';
import { allocators } from '../../allocators/index.ts';
import { openSource } from '../../bytes/decompress.ts';
import { cleanUpTemporaryFiles } from '../../bytes/temporary-file.ts';
import type { PixelDepth } from '../../draw/encode/bmp-header.ts';
import { png } from '../../draw/encode/png.ts';
import { encodeRawBmp, type RawRows, rgbOfRaw } from '../../draw/encode/raw-rows.ts';
import { LeakvizError } from '../../errors.ts';
import { listHeaps } from '../../inspect/list-heaps.ts';
import type { Memory } from '../../memory/memory.ts';
import { formatAddress } from '../../model/address.ts';
import type { Interval } from '../../model/intervals.ts';
import type { List } from '../../model/list.ts';
import { type ByteStretch, capturedBytesIn, memoryStretch, wholeFile } from '../../render/byte-stretch.ts';
import { dump2picture, dump2pictureSize } from '../../render/dump2picture.ts';
import { namedHeap } from '../../render/named-heap.ts';
import { namedRange } from '../../render/named-range.ts';
import { rawPicture } from '../../render/raw-picture.ts';
import { escapeText } from '../../text/escape-text.ts';
import { printBytes, printCount, printExactBytes } from '../../text/print-quantity.ts';
import { onExit } from '../clean-up.ts';
import type { RenderArgs } from '../commands/render.ts';
import { writeOutputFile } from '../output-file.ts';
import { parseDepth } from '../parse-depth.ts';
import { type AddressRange, parseRange } from '../parse-range.ts';
import { openProgressBar } from '../progress-bar.ts';
import { print, say } from '../terminal.ts';
import { withDump } from './with-dump.ts';

interface Wishes {
  readonly path: string;
  readonly format: 'bmp' | 'png';
  readonly depth: PixelDepth;
  readonly width: number | undefined;
  readonly range: AddressRange | undefined;
}

const widestPicture = 1 << 20;

function readWishes(args: RenderArgs): Wishes {
  const path = args.picture!;
  const format = extname(path).slice(1).toLowerCase();
  if (format !== 'bmp' && format !== 'png') {
    throw new LeakvizError('usage', `${path}: expected a picture's name that ends in .bmp or .png`);
  }
  if (resolve(path) === resolve(args.dump!)) {
    throw new LeakvizError('usage', `${path}: the picture would replace the file that is drawn`);
  }
  const parts = (['range', 'module', 'heap'] as const).filter((name) => args[name] !== undefined);
  if (parts.length > 1) {
    const names = parts.map((name) => `--${name}`).join(' and ');
    throw new LeakvizError('usage', `${names} each say what to draw`, { hint: 'Give one of them.' });
  }
  const range = args.range === undefined ? undefined : parseRange('--range', args.range.join(' '));
  const width = args.width === undefined ? undefined : parseWidth(args.width);
  if (args.dump2picture && (parts.length > 0 || width !== undefined || format === 'png')) {
    throw new LeakvizError('usage', '--dump2picture always draws the whole file, as BMP, at a width of its own', {
      hint: 'Leave out --range, --module, --heap and --width and name a .bmp file, or leave out --dump2picture.',
    });
  }
  return { path, format, depth: parseDepth(args.bpp), width, range };
}

function parseWidth(text: string): number {
  const width = Number(text);
  if (!Number.isInteger(width) || width < 1 || width > widestPicture) {
    throw new LeakvizError('usage', `--width: expected 1 to ${printCount(widestPicture)} pixels, found '${text}'`);
  }
  return width;
}

export async function runRender(args: RenderArgs, signal: AbortSignal): Promise<void> {
  const wishes = readWishes(args);
  if (wishes.range === undefined && args.module === undefined && args.heap === undefined) {
    await renderFile(args, wishes, signal);
    return;
  }
  await withDump({ ...args, json: false }, signal, async ({ memory }) => {
    await writePicture(memoryOf(memory, wishes.range, args), wishes, signal);
  });
}

function memoryOf(memory: Memory, range: AddressRange | undefined, args: RenderArgs): ByteStretch {
  if (range) return stretchOf(memory, [range]);
  if (args.module !== undefined) return stretchOf(memory, [namedRange(memory.dump, args.module)]);
  const { names, address, ranges } = namedHeap(listHeaps(memory, allocators), args.heap!, memory.dump.pointerSize);
  const pieces = ranges.length === 1 ? '' : `, ${printCount(ranges.length)} pieces, one after the other`;
  say(`the heap is ${names[0]} at ${formatAddress(address, memory.dump.pointerSize)}${pieces}`);
  return stretchOf(memory, ranges);
}

function stretchOf(memory: Memory, ranges: List<Interval>): ByteStretch {
  const captured = capturedBytesIn(memory, ranges);
  const stretch = memoryStretch(memory, ranges);
  if (captured === 0) {
    throw new LeakvizError('usage', 'the dump holds no byte of this memory', {
      hint: 'leakviz info shows what it holds.',
    });
  }
  if (captured < stretch.size) {
    say(`${printBytes(stretch.size - captured)} of the range are not in the dump; they are drawn as thin lines`);
  }
  return stretch;
}

async function renderFile(args: RenderArgs, wishes: Wishes, signal: AbortSignal): Promise<void> {
  const bar = await openProgressBar(true);
  const forget = onExit(() => {
    bar.stop();
    cleanUpTemporaryFiles();
  });
  try {
    const tempDir = args['temp-dir'];
    const source = await openSource(args.dump!, {
      ...(tempDir === undefined ? {} : { tempDir }),
      signal,
      onProgress: ({ packedBytes, packedSize }) => bar.show('unpacking', packedBytes, packedSize),
    });
    bar.stop();
    try {
      for (const { message } of source.warnings) say(message);
      if (!args.dump2picture) await writePicture(wholeFile(source), wishes, signal);
      else {
        const size = dump2pictureSize(source.size, wishes.depth);
        await writeChunks(dump2picture(source, wishes.depth), { ...size, bytes: source.size }, wishes, signal);
      }
    } finally {
      source.close();
    }
  } finally {
    bar.stop();
    forget();
  }
}

async function writePicture(stretch: ByteStretch, wishes: Wishes, signal: AbortSignal): Promise<void> {
  const raw: RawRows = rawPicture(stretch, wishes);
  const chunks = wishes.format === 'bmp' ? encodeRawBmp(raw) : png.encode(rgbOfRaw(raw));
  await writeChunks(chunks, { width: raw.width, height: raw.height, bytes: stretch.size }, wishes, signal);
}

async function writeChunks(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { width, height, bytes }: { readonly width: number; readonly height: number; readonly bytes: number },
  { path, depth }: Wishes,
  signal: AbortSignal,
): Promise<void> {
  const bar = await openProgressBar(true);
  try {
    await writeOutputFile(path, chunks, { signal, onProgress: (done) => bar.show('writing', done, bytes) });
  } finally {
    bar.stop();
  }
  const shown = escapeText(path, Number.POSITIVE_INFINITY);
  print(
    `Picture: ${shown}, ${printCount(width)} × ${printCount(height)} pixels, ${depth} bits each, of ${printExactBytes(bytes)}`,
  );
  say('the picture shows the bytes of memory themselves, secrets in them too: think before you hand it out');
}
