import type { Memory } from '../../memory/memory.ts';
import type { Address } from '../../model/address.ts';

/** The one thing that following links needs of a Memory. */
export type Words = Pick<Memory, 'word'>;

const pageBytes = 4096;

/** 32 MiB of pages. */
const pageLimit = 8192;

/** Reads before all answers become "not captured": dumps made to mislead end there, millions of free chunks do not. */
const readLimit = 1 << 26;

/**
 * Reads words all over the place, as free lists lead: many pages are kept, where Memory keeps a few windows and would
 * go to the file for nearly every link. Only for words that stand aligned, which never straddle pages.
 */
export function scatteredWords(memory: Memory): Words {
  const { pointerSize, littleEndian } = memory.dump;
  const [low, high] = littleEndian ? [0, 4] : [4, 0];
  const pages = new Map<number, DataView>();
  let reads = 0;

  function load(page: number): DataView {
    // Lists come back to where they have been for as long as it fits; beyond that no order would help.
    if (pages.size >= pageLimit) pages.clear();
    const bytes = new Uint8Array(pageBytes);
    const view = new DataView(bytes.buffer, 0, memory.read(page * pageBytes, bytes));
    pages.set(page, view);
    return view;
  }

  return {
    word(address: Address) {
      reads += 1;
      if (reads > readLimit) return undefined;
      const page = Math.floor(address / pageBytes);
      const view = pages.get(page) ?? load(page);
      const place = address - page * pageBytes;
      if (place + pointerSize > view.byteLength) return memory.word(address);
      if (pointerSize === 4) return view.getUint32(place, littleEndian);
      return view.getInt32(place + high, littleEndian) * 4294967296 + view.getUint32(place + low, littleEndian);
    },
  };
}
