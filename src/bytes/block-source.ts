import type { ByteSource } from './byte-source.ts';

/** A block of a source that is put together when it is read. */
interface SourceBlock {
  /** Offset of its first byte. */
  readonly start: number;
  /** Undefined where it cannot be unpacked. */
  unpack(): Uint8Array | undefined;
}

/** Unpacked blocks that are kept. A scan reads each block once; who looks around at one place reads few. */
const mostKept = 64;

/**
 * Random access to data that is packed in blocks. What cannot be unpacked reads as not there: a read ends before it.
 * @param blockAt the block that holds an offset, which is below `size`; blocks follow one another without gaps
 */
export function createBlockSource(
  size: number,
  blockAt: (offset: number) => SourceBlock,
  close: () => void,
): ByteSource {
  /** By start, in the order of use. Blocks that cannot be unpacked are kept too. */
  const kept = new Map<number, Uint8Array | undefined>();

  function unpacked(block: SourceBlock): Uint8Array | undefined {
    const bytes = kept.has(block.start) ? kept.get(block.start) : block.unpack();
    kept.delete(block.start);
    kept.set(block.start, bytes);
    if (kept.size > mostKept) kept.delete(kept.keys().next().value!);
    return bytes;
  }

  return {
    size,
    file: undefined,
    read(offset, into) {
      const wanted = Math.min(into.length, size - offset);
      let done = 0;
      while (done < wanted) {
        const block = blockAt(offset + done);
        const bytes = unpacked(block);
        if (bytes === undefined) break;
        const from = offset + done - block.start;
        const part = bytes.subarray(from, from + wanted - done);
        if (part.length === 0) break;
        into.set(part, done);
        done += part.length;
      }
      return Math.max(0, done);
    },
    close,
  };
}
