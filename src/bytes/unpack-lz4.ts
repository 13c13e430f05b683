import { unpackLz4Block } from './lz4-block.ts';
import { createPieceReader, DamagedDataError, type PieceReader } from './packed-input.ts';

const frameMagic = 0x184d2204;

/** Frames with any of 16 magics, to be skipped. */
const firstSkippableMagic = 0x184d2a50;

/** Blocks refer back by 65,535 bytes at most, into earlier blocks too. */
const historySize = 1 << 16;

/** What the frame's descriptor says. */
interface FrameOptions {
  readonly blockChecksums: boolean;
  readonly contentChecksum: boolean;
  readonly largestBlock: number;
}

/** The LZ4 frame format, several frames too. Checksums are not verified. */
export function* unpackLz4(packed: Iterable<Uint8Array>): Generator<Uint8Array> {
  const reader = createPieceReader(packed);
  while (!reader.isAtEnd()) {
    const magic = reader.u32();
    if (magic === frameMagic) yield* unpackFrame(reader);
    else if ((magic & 0xfffffff0) >>> 0 === firstSkippableMagic) reader.skip(reader.u32());
    else throw new DamagedDataError('something else follows');
  }
}

function* unpackFrame(reader: PieceReader): Generator<Uint8Array> {
  const options = readOptions(reader);
  const buffer = new Uint8Array(historySize + options.largestBlock);
  let history = 0;
  for (;;) {
    const field = reader.u32();
    if (field === 0) break;
    const size = field & 0x7fffffff;
    if (size > options.largestBlock) throw new DamagedDataError('it is damaged');
    const block = reader.bytes(size);
    if (options.blockChecksums) reader.skip(4);
    let end: number;
    if (field >>> 31 === 1) {
      buffer.set(block, history);
      end = history + size;
    } else {
      end = unpackLz4Block(block, buffer, history);
    }
    yield buffer.slice(history, end);
    history = Math.min(end, historySize);
    buffer.copyWithin(0, end - history, end);
  }
  if (options.contentChecksum) reader.skip(4);
}

function readOptions(reader: PieceReader): FrameOptions {
  const [flags, blockDescriptor] = reader.bytes(2);
  if (flags! >>> 6 !== 1) throw new DamagedDataError('its version is not known');
  const hasContentSize = (flags! & 0x08) !== 0;
  const hasDictionary = (flags! & 0x01) !== 0;
  if (hasDictionary) throw new DamagedDataError('it needs a dictionary');
  const sizeCode = (blockDescriptor! >>> 4) & 7;
  if (sizeCode < 4) throw new DamagedDataError('it is damaged');
  // Content size, and the checksum of this descriptor.
  reader.skip((hasContentSize ? 8 : 0) + 1);
  return {
    blockChecksums: (flags! & 0x10) !== 0,
    contentChecksum: (flags! & 0x04) !== 0,
    largestBlock: 1 << (8 + 2 * sizeCode),
  };
}
