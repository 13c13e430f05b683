// Where the frames of zstd data begin and end (RFC 8878), without unpacking them: node:zlib stops after the first one.
import { createPieceReader, DamagedDataError, type PieceReader } from './packed-input.ts';

/** What is said where more cannot be known. */
export const damagedZstd = 'it is damaged, or its window is above 128 MiB';

const frameMagic = 0xfd2fb528;
/** Frames with any of 16 magics, to be skipped. */
const firstSkippableMagic = 0x184d2a50;
const runBlock = 1;
/** A block unpacks to 128 KiB at most, so these bound what is unpacked at a time. */
const mostBlocks = 16;

/** One frame, in pieces of whole blocks. All of it has to be read before the next one is asked for. */
type ZstdFrame = Generator<Uint8Array>;

/** Throws DamagedDataError where the data ends too early, or something else than a frame follows. */
export function* zstdFrames(packed: Iterable<Uint8Array>): Generator<ZstdFrame> {
  const reader = createPieceReader(packed);
  while (!reader.isAtEnd()) {
    const magic = reader.u32();
    if (magic === frameMagic) yield readFrame(reader);
    else if ((magic & 0xfffffff0) >>> 0 === firstSkippableMagic) reader.skip(reader.u32());
    else throw new DamagedDataError(damagedZstd);
  }
}

function* readFrame(reader: PieceReader): ZstdFrame {
  const descriptor = reader.u8();
  yield Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, descriptor, ...reader.bytes(restOfHeader(descriptor)));
  let isLast = false;
  while (!isLast) {
    const blocks: Uint8Array[] = [];
    try {
      while (!isLast && blocks.length < mostBlocks) {
        const header = reader.bytes(3).slice();
        const field = header[0]! | (header[1]! << 8) | (header[2]! << 16);
        const isRun = ((field >>> 1) & 3) === runBlock;
        blocks.push(Buffer.concat([header, reader.bytes(isRun ? 1 : field >>> 3)]));
        isLast = (field & 1) === 1;
      }
    } catch (error) {
      // Whole blocks are unpacked even where the data ends in the next one.
      yield Buffer.concat(blocks);
      throw error;
    }
    yield Buffer.concat(blocks);
  }
  const hasChecksum = (descriptor & 0x04) !== 0;
  if (hasChecksum) yield reader.bytes(4).slice();
}

/** Bytes of the window's descriptor, the dictionary's id and the content's size. */
function restOfHeader(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeCode = descriptor >>> 6;
  const contentSize = sizeCode === 0 ? Number(isSingleSegment) : 1 << sizeCode;
  return Number(!isSingleSegment) + [0, 1, 2, 4][descriptor & 3]! + contentSize;
}
