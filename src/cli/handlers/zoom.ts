import { basename, extname } from 'node:path';
import { allocators } from '../../allocators/index.ts';
import { rowsOf } from '../../draw/encode/image-encoder.ts';
import { imageEncoders } from '../../draw/encode/index.ts';
import { LeakvizError } from '../../errors.ts';
import { blocksInRange } from '../../inspect/blocks-in-range.ts';
import type { OpenedDump } from '../../memory/opened-dump.ts';
import { type Address, formatAddress, parseAddress } from '../../model/address.ts';
import { largestZoom } from '../../pictures/zoom/zoom-window.ts';
import { drawZoom, zoomOf } from '../../pictures/zoom.ts';
import { capturedBytesIn } from '../../render/byte-stretch.ts';
import { escapeText } from '../../text/escape-text.ts';
import { printBytes } from '../../text/print-quantity.ts';
import type { ZoomArgs } from '../commands/zoom.ts';
import { writeOutputFile } from '../output-file.ts';
import { paceOf } from '../pace.ts';
import { parseDepth } from '../parse-depth.ts';
import { parseBytes, parseSize } from '../parse-quantity.ts';
import { print, say } from '../terminal.ts';
import { version } from '../version.ts';
import { withDump } from './with-dump.ts';

export async function runZoom(args: ZoomArgs, signal: AbortSignal): Promise<void> {
  const start = parseAt(args.at);
  const encoder = imageEncoders.find(({ id }) => `.${id}` === extname(args.output).toLowerCase());
  if (!encoder) {
    throw new LeakvizError('usage', `--output: expected a name that ends in .png or .bmp, found '${args.output}'`);
  }
  const rawDepth = args['raw-pixels'] ? parseDepth(args.bpp) : null;
  const size = args.size === undefined ? undefined : Math.ceil(parseSize('--size', args.size));
  const stride = args.stride === undefined ? null : parseStride(args.stride);
  await withDump({ ...args, json: false }, signal, async (dump) => {
    const unitBytes = rawDepth === null ? dump.memory.dump.pointerSize : rawDepth / 8;
    checkSize(Math.max(size ?? 0, stride ?? 0), largestZoom(unitBytes));
    const input = { ...about(dump), start, size, stride, rawDepth };
    const window = zoomOf(input);
    if (capturedBytesIn(dump.memory, [window]) === 0) {
      const shown = formatAddress(start, dump.memory.dump.pointerSize);
      throw new LeakvizError(
        'usage',
        `--at: the dump holds no byte of the ${printBytes(window.end - start)} at ${shown}`,
        {
          hint: 'leakviz info shows what it holds.',
        },
      );
    }
    const blocks = await blocksInRange(dump.memory, window, { allocators, signal });
    const image = await drawZoom({ ...input, blocks }, paceOf(signal));
    await writeOutputFile(args.output, encoder.encode(rowsOf(image)), { signal });
    print(`Picture: ${escapeText(args.output, Number.POSITIVE_INFINITY)}`);
    if (rawDepth !== null) say('the picture shows the bytes of memory themselves, secrets in them too');
  });
}

function about({ path, memory }: OpenedDump) {
  return { tool: `leakviz ${version()}`, dumpName: basename(path), memory };
}

function parseAt(text: string | undefined): Address {
  const address = text === undefined ? undefined : parseAddress(text);
  if (address !== undefined) return address;
  const found = text === undefined ? 'nothing was given' : `found '${text}'`;
  throw new LeakvizError('usage', `--at: expected an address in hex such as 0x7ff600010000, ${found}`);
}

function parseStride(text: string): number {
  const stride = parseBytes(text);
  if (stride === undefined || !Number.isInteger(stride) || stride < 4) {
    throw new LeakvizError('usage', `--stride: expected a whole number of bytes from 4, found '${text}'`);
  }
  return stride;
}

function checkSize(wanted: number, most: number): void {
  if (wanted <= most) return;
  throw new LeakvizError('usage', `one picture shows at most ${printBytes(most)}, one pixel per word`, {
    hint: 'Give a smaller --size or --stride; the overviews of diff show more at once.',
  });
}
