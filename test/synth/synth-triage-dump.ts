// A small kernel dump: header, TRIAGE_DUMP, drivers with their names, one stack, blocks of data.
import { createByteWriter } from './byte-writer.ts';

interface SynthRange {
  readonly address: number;
  readonly bytes: Uint8Array;
}

export interface SynthTriageDump {
  readonly is64Bit: boolean;
  readonly drivers: readonly { readonly address: number; readonly size: number; readonly path: string }[];
  readonly stack?: SynthRange;
  readonly blocks: readonly SynthRange[];
  /** Says that there are so many drivers. */
  readonly driverCount?: number;
  /** Says that there are so many blocks. */
  readonly blockCount?: number;
}

/** See the head of this file. */
export function writeTriageDump(dump: SynthTriageDump): Uint8Array {
  const { is64Bit } = dump;
  const width = is64Bit ? 8 : 4;
  const headerSize = is64Bit ? 0x2000 : 0x1000;
  const file = createByteWriter();
  file.text(is64Bit ? 'PAGEDU64' : 'PAGEDUMP');
  while (file.offset() < headerSize) file.text('PAGE');
  const put = (offset: number, value: number) => file.patchU32(offset, value);
  put(12, is64Bit ? 19041 : 2600);
  put(is64Bit ? 0x30 : 0x20, is64Bit ? 0x8664 : 0x14c);
  put(is64Bit ? 0x38 : 0x28, 0x1000007e);
  put(is64Bit ? 0xf98 : 0xf88, 4);
  // The lists and the memory follow the fields; where they are is put in as they are written.
  file.zeros(0x100);
  const field = (offset: number, value: number) => put(headerSize + offset, value);
  if (dump.stack) {
    field(0x28, file.offset());
    field(0x2c, dump.stack.bytes.length);
    if (is64Bit) file.patchU64(headerSize + 0x48, dump.stack.address);
    else field(0x48, dump.stack.address);
    file.bytes(dump.stack.bytes);
  }
  const data = dump.blocks.map(({ bytes }) => {
    const at = file.offset();
    file.bytes(bytes);
    return at;
  });
  file.align(8);
  field(is64Bit ? 0x78 : 0x60, file.offset());
  field(is64Bit ? 0x7c : 0x64, dump.blockCount ?? dump.blocks.length);
  for (const [index, { address, bytes }] of dump.blocks.entries()) {
    file.u64(address);
    file.u32(data[index]!);
    file.u32(bytes.length);
  }
  const entrySize = is64Bit ? 0x90 : 0x4c;
  const list = file.offset();
  field(0x30, list);
  field(0x34, dump.driverCount ?? dump.drivers.length);
  field(0x38, list + entrySize * dump.drivers.length);
  for (const { address, size } of dump.drivers) {
    const start = file.offset();
    file.zeros(is64Bit ? 0x38 : 0x1c);
    file.word(address, width);
    file.word(0, width);
    file.u32(size);
    file.zeros((is64Bit ? 0x88 : 0x48) - (file.offset() - start));
    file.u32(0x5f5e100);
    file.zeros(entrySize - (file.offset() - start));
  }
  for (const [index, { path }] of dump.drivers.entries()) {
    put(list + index * entrySize, file.offset());
    file.u32(path.length);
    for (const unit of path) file.u16(unit.charCodeAt(0));
    file.u16(0);
    file.align(8);
  }
  return file.toBytes();
}
