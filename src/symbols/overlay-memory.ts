// Memory with the parts of modules that the dump left out, taken from their files.
import type { Memory } from '../memory/memory.ts';
import { type Address, itemStartingAtOrBelow } from '../model/address.ts';
import type { FillIn } from './fill-in.ts';
import type { ModuleFile } from './module-file.ts';
import { quietly } from './read-text.ts';

/** Bytes read around what is asked, so that no pointer that the loader changed is cut. */
const margin = 8;

/**
 * What the dump captured comes from the dump; else, in the gaps that `fillAt` gives for an address, bytes of the file.
 * Both are what the process would have read. Only the former is captured: `capturedBytesFrom`, `readEach`
 * and `dump` stay as they are.
 */
export function overlayMemory(memory: Memory, fillAt: (address: Address) => FillIn | undefined): Memory {
  const { littleEndian, pointerSize } = memory.dump;
  const scratch = new Uint8Array(8);
  const view = new DataView(scratch.buffer);

  /** Fills `into` up to the end of the gap. */
  function fill(address: Address, into: Uint8Array): number {
    const found = fillAt(address);
    const gap = found && itemStartingAtOrBelow(found.gaps, address);
    if (!found || !gap || address >= gap.end) return 0;
    return readFile(found.file, address, into.subarray(0, Math.min(into.length, gap.end - address)));
  }

  function read(address: Address, into: Uint8Array): number {
    let done = 0;
    while (done < into.length) {
      const rest = into.subarray(done);
      const got = memory.read(address + done, rest) || fill(address + done, rest);
      if (got === 0) break;
      done += got;
    }
    return done;
  }

  const has = (address: Address, size: number) => read(address, scratch.subarray(0, size)) === size;
  const u32 = (address: Address) =>
    memory.u32(address) ?? (has(address, 4) ? view.getUint32(0, littleEndian) : undefined);
  const i64 = (address: Address) =>
    memory.i64(address) ?? (has(address, 8) ? Number(view.getBigInt64(0, littleEndian)) : undefined);
  return {
    dump: memory.dump,
    u8: (address) => memory.u8(address) ?? (has(address, 1) ? scratch[0] : undefined),
    u16: (address) => memory.u16(address) ?? (has(address, 2) ? view.getUint16(0, littleEndian) : undefined),
    u32,
    i64,
    word: pointerSize === 8 ? i64 : u32,
    read,
    readEach: memory.readEach,
    capturedBytesFrom: (address, limit) => memory.capturedBytesFrom(address, limit),
  };
}

function readFile(file: ModuleFile, address: Address, into: Uint8Array): number {
  const range = file.ranges.find((one) => address >= one.start && address < one.start + one.size);
  if (!range) return 0;
  const before = Math.min(margin, address - range.start);
  const wanted = Math.min(before + into.length + margin, range.start + range.size - (address - before));
  const bytes = new Uint8Array(wanted);
  const got = quietly(() => file.source.read(range.fileOffset + (address - before - range.start), bytes)) ?? 0;
  file.relocate?.(address - before, bytes.subarray(0, got));
  const piece = bytes.subarray(before, Math.min(got, before + into.length));
  into.set(piece);
  return piece.length;
}
