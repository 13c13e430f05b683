// Red first or blue first: a custom of platforms and libraries, not a property of the bytes.
import type { Dump } from '../model/dump.ts';
import type { RawLayout } from './raw/raw-layout.ts';
import type { ChannelOrder } from './raw/raw-pixels.ts';

export interface OrderGuess {
  readonly order: ChannelOrder;
  /** A sentence without its end. */
  readonly why: string;
}

/** File names of libraries that draw with blue first at 32 bits: X11, cairo, Qt, SDL, imlib2, and what GTK builds on. */
const blueFirst = /^lib(X11|xcb|cairo|Qt\dGui|Qt\dCore|SDL2?|Imlib2|gtk|gdk)\b/;

export function guessOrder(dump: Dump, { channels }: Pick<RawLayout, 'channels'>): OrderGuess {
  if (channels === 'gray') return { order: 'rgb', why: 'one channel' };
  if (channels === '565' || channels === '555') return { order: 'rgb', why: '16 bits have red on top everywhere' };
  if (dump.operatingSystem === 'windows') return { order: 'bgr', why: 'Windows keeps blue first' };
  if (channels === 'colour') return { order: 'rgb', why: '24 bits are what decoders make, red first' };
  const drawsBlueFirst = dump.modules.some(({ path }) => blueFirst.test(path.split('/').at(-1)!));
  return drawsBlueFirst
    ? { order: 'bgr', why: 'X11, cairo and Qt, of which the process has one, keep blue first at 32 bits' }
    : { order: 'rgb', why: 'the process has no graphics library that keeps blue first; decoders keep red first' };
}
