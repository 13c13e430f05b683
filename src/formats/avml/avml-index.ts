// Where the chunks of a compressed AVML dump stand: found by their headers, without unpacking any.
import type { ByteSource } from '../../bytes/byte-source.ts';
import { snappyBlockSize } from '../../bytes/snappy-block.ts';
import { MalformedDumpError } from '../../errors.ts';
import type { CapturedRange } from '../../model/dump.ts';
import { hasRoom, rangeHeaderSize, rangeKinds, readRange } from '../lime.ts';
import type { WarningLog } from '../warnings.ts';

/** Of Snappy's framing format; types from 0x80 on may be skipped, with the stream's identifier (0xff) among them. */
export const chunkTypes = { compressed: 0, plain: 1, firstSkippable: 0x80 } as const;

/** Type and size, then the checksum that data begins with. */
const chunkHeaderSize = 4;
const checksumSize = 4;

/** The framing format allows no more in a chunk. */
export const mostChunkBytes = 1 << 16;

/** Half a terabyte in full chunks; an index of more would itself be too large to hold. */
const mostChunks = 1 << 23;

/** Bytes of the length that follows a range's chunks: of these together. */
const trailerSize = 8;

/** Chunks in the order of the unpacked data, as columns. */
export interface ChunkTable {
  readonly count: number;
  /** Where the chunk's bytes begin in the unpacked data; with one more, for the end. */
  readonly starts: Float64Array;
  /** Of the chunk's header in the file. */
  readonly fileOffsets: Float64Array;
}

/** Ranges count their file offsets in the unpacked data. What follows a damaged chunk is left out, with a warning. */
export function readAvmlIndex(
  source: ByteSource,
  warnings: WarningLog,
): { readonly ranges: CapturedRange[]; readonly chunks: ChunkTable } {
  const builder = createTableBuilder();
  const ranges: CapturedRange[] = [];
  for (let offset = 0; offset < source.size && hasRoom(ranges, offset, warnings); ) {
    const range = readRange(source, offset, { ...rangeKinds.avml, warnings });
    if (range === undefined) break;
    ranges.push({ ...range, fileOffset: builder.bytes() });
    const end = readChunks(source, offset + rangeHeaderSize, range.size, builder);
    if (end === undefined) {
      const text = `the data of the memory at 0x${range.start.toString(16)} is damaged or cut off: what follows is not used`;
      warnings.add('damaged-ranges', text, offset);
      break;
    }
    offset = end + trailerSize;
  }
  if (ranges.length === 0) throw new MalformedDumpError('magic', 0, 'a range of memory', 'none');
  return { ranges, chunks: builder.table() };
}

/** Adds the chunks of one range of memory; returns where they end, undefined when they do not add up to it. */
function readChunks(source: ByteSource, start: number, size: number, builder: TableBuilder): number | undefined {
  const wanted = builder.bytes() + size;
  let offset = start;
  while (builder.bytes() < wanted) {
    const chunk = readChunkHeader(source, offset);
    if (chunk === undefined || builder.bytes() + chunk.bytes > wanted) return undefined;
    if (chunk.bytes > 0 && !builder.add(offset, chunk.bytes)) return undefined;
    offset = chunk.end;
  }
  return offset;
}

/** Undefined where no chunk stands, or one that is larger than the format allows, or runs over the end. */
function readChunkHeader(
  source: ByteSource,
  offset: number,
): { readonly bytes: number; readonly end: number } | undefined {
  // The header, the checksum, and as many bytes as tell what Snappy data unpacks to.
  const head = new Uint8Array(chunkHeaderSize + checksumSize + 5);
  const got = source.read(offset, head);
  if (got < chunkHeaderSize) return undefined;
  const type = head[0]!;
  const packedSize = head[1]! | (head[2]! << 8) | (head[3]! << 16);
  const end = offset + chunkHeaderSize + packedSize;
  if (end > source.size) return undefined;
  if (type >= chunkTypes.firstSkippable) return { bytes: 0, end };
  if (packedSize < checksumSize) return undefined;
  const data = head.subarray(chunkHeaderSize + checksumSize, Math.min(got, chunkHeaderSize + packedSize));
  const bytes = type === chunkTypes.plain ? packedSize - checksumSize : snappyBlockSize(data)?.size;
  if (type > chunkTypes.plain || bytes === undefined || bytes === 0 || bytes > mostChunkBytes) return undefined;
  return { bytes, end };
}

interface TableBuilder {
  /** Unpacked bytes of all chunks so far. */
  bytes(): number;
  /** False when there is no room for more. */
  add(fileOffset: number, bytes: number): boolean;
  table(): ChunkTable;
}

function createTableBuilder(): TableBuilder {
  let starts = new Float64Array(1 << 10);
  let fileOffsets = new Float64Array(1 << 10);
  let count = 0;
  let total = 0;
  return {
    bytes: () => total,
    add(fileOffset, bytes) {
      if (count === mostChunks) return false;
      if (count + 1 === starts.length) {
        starts = larger(starts);
        fileOffsets = larger(fileOffsets);
      }
      fileOffsets[count] = fileOffset;
      count += 1;
      total += bytes;
      starts[count] = total;
      return true;
    },
    table: () => ({ count, starts: starts.subarray(0, count + 1), fileOffsets: fileOffsets.subarray(0, count) }),
  };
}

function larger(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(column.length * 2);
  copy.set(column);
  return copy;
}
