// Windows kernel dumps with real page tables: an address space is laid out page by page over physical memory, tables
// and structures of the kernel with it, and what comes of it is written as any kind of dump.
import { type ByteWriter, createByteWriter } from './byte-writer.ts';

const page = 4096;

export type SynthPaging = 'x64' | 'la57' | 'pae' | 'x86' | 'arm64';

interface SynthModule {
  readonly address: number;
  readonly size: number;
  readonly path: string;
}

/** Virtual memory, filled with bytes; a multiple of pages. Its pages are scattered over physical memory unless large. */
interface SynthMapping {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Mapped by one entry of the directory, at as many bytes: 2 MiB, or 4 MiB without PAE. */
  readonly large?: boolean;
  /** Mapped by one entry for 1 GiB, of which the dump holds these first bytes only. */
  readonly huge?: boolean;
  readonly readOnly?: boolean;
  /** Not valid: taken from the working set, but still there. `hidden` sets a bit beyond the machine's memory too. */
  readonly transition?: 'plain' | 'hidden';
  /** Not valid, and not in memory. */
  readonly pagedOut?: boolean;
  /** A valid entry, but the page is not in the dump. */
  readonly notDumped?: boolean;
}

export interface SynthKernelDump {
  readonly paging: SynthPaging;
  /** DUMP_TYPE_*: 1 unless given. */
  readonly type?: 1 | 2 | 5 | 6 | 8 | 9 | 10;
  readonly mappings: readonly SynthMapping[];
  readonly modules?: readonly SynthModule[];
  /** Lists the first module again after the last instead of going back to the head. */
  readonly cyclicModules?: boolean;
  /** In the list of processes, the first with id 4 called System; the last has the directory base of the dump. */
  readonly processes?: readonly { readonly id: number; readonly name: string }[];
  readonly bugCheck?: number;
  readonly parameters?: readonly number[];
  /** Milliseconds since 1970. */
  readonly time?: number;
  readonly stackPointer?: number;
  /** The root's entry for its own address space, as Windows has it. */
  readonly selfMap?: boolean;
  /** Says that the tables are somewhere else. */
  readonly directoryBase?: number;
}

/** Where each paging keeps the kernel's own structures in this writer. */
const kernelData: Readonly<Record<SynthPaging, number>> = {
  x64: -0x7ff_ffff_0000,
  la57: -0x7ff_ffff_0000,
  arm64: -0x7ff_ffff_0000,
  pae: 0x8200_0000,
  x86: 0x8200_0000,
};

const shifts: Readonly<Record<SynthPaging, readonly number[]>> = {
  x64: [39, 30, 21, 12],
  la57: [48, 39, 30, 21, 12],
  arm64: [39, 30, 21, 12],
  pae: [30, 21, 12],
  x86: [22, 12],
};

const is64 = (paging: SynthPaging) => paging !== 'pae' && paging !== 'x86';

/** Bytes of a large page. */
export const largePageSize = (paging: SynthPaging) => (paging === 'x86' ? 4 : 2) * 1024 * 1024;

/** See SynthKernelDump. */
export function writeKernelDump(dump: SynthKernelDump): Uint8Array {
  const machine = createMachine(dump.paging);
  const head = writeModuleList(machine, dump);
  const processHead = dump.processes && writeProcessList(machine, dump);
  for (const mapping of dump.mappings) machine.map(mapping);
  if (dump.selfMap) machine.mapSelf();
  const { frames } = machine;
  if ((dump.type ?? 1) === 1) fillSmallGaps(frames);
  const numbers = [...frames.keys()].sort((a, b) => a - b);
  const file = createByteWriter();
  writeHeader(file, dump, { head, processHead, root: machine.root, numbers });
  writePageList(file, dump, numbers);
  for (const number of numbers) file.bytes(frames.get(number)!);
  return file.toBytes();
}

/** A complete dump has every page, and room for some forty runs in its header. */
function fillSmallGaps(frames: Map<number, Uint8Array>): void {
  const numbers = [...frames.keys()].sort((a, b) => a - b);
  for (const [index, number] of numbers.entries()) {
    const next = numbers[index + 1] ?? number;
    for (let gap = number + 1; gap < next && next - number < 8; gap += 1) frames.set(gap, new Uint8Array(page));
  }
}

/** Physical memory and the tables over it. */
function createMachine(paging: SynthPaging) {
  const frames = new Map<number, Uint8Array>();
  const levels = shifts[paging];
  const wide = paging !== 'x86';
  let scattered = 0x10;
  let contiguous = 0x2000;

  /** Every other frame, so that neighbours in one memory are none in the other. */
  const newFrame = () => {
    scattered += 2;
    frames.set(scattered, new Uint8Array(page));
    return scattered;
  };
  const rootFrame = newFrame();

  const view = (frame: number) => {
    const bytes = frames.get(frame)!;
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  const read = (frame: number, index: number): bigint =>
    wide ? view(frame).getBigUint64(index * 8, true) : BigInt(view(frame).getUint32(index * 4, true));
  const write = (frame: number, index: number, value: bigint) => {
    if (wide) view(frame).setBigUint64(index * 8, value, true);
    else view(frame).setUint32(index * 4, Number(value), true);
  };

  const tableEntry = (frame: number) => (BigInt(frame) << 12n) | (paging === 'arm64' ? 3n : 0x67n);
  const indexAt = (address: number, depth: number) => {
    const bits = wide ? 9n : 10n;
    return Number((BigInt.asUintN(64, BigInt(address)) >> BigInt(levels[depth]!)) & ((1n << bits) - 1n));
  };

  function tableFor(address: number, depth: number): number {
    let frame = rootFrame;
    for (let level = 0; level < depth; level += 1) {
      // The root of PAE has four entries, of which nothing but the address bits above 30 choose.
      const index = indexAt(address, level);
      let entry = read(frame, index);
      if (entry === 0n) {
        entry = paging === 'pae' && level === 0 ? (BigInt(newFrame()) << 12n) | 1n : tableEntry(newFrame());
        write(frame, index, entry);
      }
      frame = Number((entry & 0xf_ffff_ffff_f000n) >> 12n);
    }
    return frame;
  }

  function mapHuge(mapping: SynthMapping): void {
    const frame = 0x40000;
    for (let at = 0; at < mapping.bytes.length; at += page) {
      frames.set(frame + at / page, mapping.bytes.slice(at, at + page));
    }
    const depth = levels.length - 3;
    write(tableFor(mapping.address, depth), indexAt(mapping.address, depth), leafEntry(frame, mapping, true));
  }

  function leafEntry(frame: number, mapping: SynthMapping, large: boolean): bigint {
    const address = BigInt(frame) << 12n;
    if (mapping.pagedOut) return 0x80n | ((5n << 32n) * (wide ? 1n : 0n));
    if (mapping.transition) {
      const protection = mapping.readOnly ? 1n : 4n;
      const hidden = mapping.transition === 'hidden' ? 1n << 45n : 0n;
      return address | 0x800n | (protection << 5n) | hidden;
    }
    if (paging === 'arm64') {
      return address | 0x401n | (large ? 0n : 2n) | (mapping.readOnly ? 0x80n : 1n << 55n);
    }
    return address | 0x61n | (mapping.readOnly ? 0n : 2n) | (large ? 0x80n : 0n);
  }

  return {
    frames,
    root: rootFrame * page,
    map(mapping: SynthMapping): void {
      if (mapping.huge) {
        mapHuge(mapping);
        return;
      }
      const depth = levels.length - 1 - (mapping.large ? 1 : 0);
      const size = mapping.large ? largePageSize(paging) : page;
      for (let done = 0; done < mapping.bytes.length; done += size) {
        const address = mapping.address + done;
        let frame = 0;
        if (mapping.large) {
          frame = contiguous;
          contiguous += size / page;
          for (let at = 0; at < size; at += page) {
            frames.set(frame + at / page, mapping.bytes.slice(done + at, done + at + page));
          }
        } else {
          frame = newFrame();
          frames.get(frame)!.set(mapping.bytes.subarray(done, done + page));
          if (mapping.notDumped || mapping.pagedOut) frames.delete(frame);
        }
        write(tableFor(address, depth), indexAt(address, depth), leafEntry(frame, mapping, mapping.large === true));
      }
    },
    mapSelf(): void {
      // Windows before 2016 put its tables at this place of the root; 32-bit ones at 0xc0000000.
      if (paging === 'pae') {
        const last = tableFor(0xc000_0000, 1);
        for (let index = 0; index < 4; index += 1) {
          write(last, index, tableEntry(tableFor(index * 0x4000_0000, 1)));
        }
      } else write(rootFrame, paging === 'x86' ? 0x300 : 0x1ed, tableEntry(rootFrame));
    },
  };
}

/** LIST_ENTRY, KLDR_DATA_TABLE_ENTRY and the names, in mapped memory; returns where the head is. */
function writeModuleList(machine: ReturnType<typeof createMachine>, dump: SynthKernelDump): number {
  const wide = is64(dump.paging);
  const width = wide ? 8 : 4;
  const base = kernelData[dump.paging];
  const modules = dump.modules ?? [];
  const entrySize = wide ? 0xa0 : 0x60;
  const entryAt = (index: number) => base + 0x40 + index * entrySize;
  const file = createByteWriter();
  const nextOf = (index: number) => {
    if (index + 1 < modules.length) return entryAt(index + 1);
    return dump.cyclicModules ? entryAt(0) : base;
  };
  file.word(modules.length === 0 ? base : entryAt(0), width);
  file.word(modules.length === 0 ? base : entryAt(modules.length - 1), width);
  file.zeros(0x40 - 2 * width);
  let nameAt = entryAt(modules.length);
  for (const [index, { address, size, path }] of modules.entries()) {
    const start = file.offset();
    file.word(nextOf(index), width);
    file.word(index === 0 ? base : entryAt(index - 1), width);
    file.zeros(4 * width);
    file.align(width);
    if (wide) file.zeros(0x30 - (file.offset() - start));
    file.word(address, width);
    file.word(address + 0x100, width);
    file.word(size, width);
    for (const length of [path.length * 2, 0]) {
      file.u16(length);
      file.u16(length);
      if (wide) file.u32(0);
      file.word(nameAt, width);
    }
    nameAt += path.length * 2;
    file.zeros(entrySize - (file.offset() - start));
  }
  for (const { path } of modules) for (const unit of path) file.u16(unit.charCodeAt(0));
  file.align(page);
  machine.map({ address: base, bytes: file.toBytes() });
  return base;
}

/** EPROCESS as Windows 10 2004 has it on x64, and Windows 7 on x86; returns where PsActiveProcessHead is. */
function writeProcessList(machine: ReturnType<typeof createMachine>, dump: SynthKernelDump): number {
  const wide = is64(dump.paging);
  const width = wide ? 8 : 4;
  const layout = wide
    ? { size: 0xb00, directoryBase: 0x28, id: 0x440, links: 0x448, name: 0x5a8 }
    : { size: 0x2c0, directoryBase: 0x18, id: 0xb4, links: 0xb8, name: 0x16c };
  const base = kernelData[dump.paging] + 0x10_0000;
  const processes = dump.processes!;
  const linksAt = (index: number) => base + 0x100 + (index % processes.length) * layout.size + layout.links;
  const file = createByteWriter();
  file.word(linksAt(0), width);
  file.word(linksAt(processes.length - 1), width);
  for (const [index, { id, name }] of processes.entries()) {
    const start = 0x100 + index * layout.size;
    const isLast = index === processes.length - 1;
    const fields = [
      [layout.directoryBase, isLast ? machine.root : 0x7000_0000 + index * page],
      [layout.id, id],
      [layout.links, isLast ? base : linksAt(index + 1)],
    ] as const;
    for (const [offset, value] of fields) {
      file.zeros(start + offset - file.offset());
      file.word(value, width);
    }
    file.zeros(start + layout.name - file.offset());
    file.text(name, 15);
  }
  file.align(page);
  machine.map({ address: base, bytes: file.toBytes() });
  return base;
}

interface HeaderFacts {
  readonly head: number;
  readonly processHead: number | undefined;
  readonly root: number;
  readonly numbers: readonly number[];
}

function runsOf(numbers: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && last[0] + last[1] === number) last[1] += 1;
    else runs.push([number, 1]);
  }
  return runs;
}

function writeHeader(file: ByteWriter, dump: SynthKernelDump, { head, processHead, root, numbers }: HeaderFacts): void {
  const wide = is64(dump.paging);
  const width = wide ? 8 : 4;
  const size = wide ? 0x2000 : 0x1000;
  const header = createByteWriter();
  while (header.offset() < size) header.text('PAGE');
  const bytes = header.toBytes();
  const put = (offset: number, write: (field: ByteWriter) => void) => {
    const field = createByteWriter();
    write(field);
    bytes.set(field.toBytes(), offset);
  };
  put(0, (field) => field.text(wide ? 'PAGEDU64' : 'PAGEDUMP'));
  put(8, (field) => field.u32(15));
  put(12, (field) => field.u32(wide ? 19041 : 7601));
  put(16, (field) => field.word(dump.directoryBase ?? root, width));
  put(wide ? 0x20 : 0x18, (field) => field.word(head, width));
  if (processHead !== undefined) put(wide ? 0x28 : 0x1c, (field) => field.word(processHead, width));
  put(wide ? 0x30 : 0x20, (field) => field.u32(machineOf(dump.paging)));
  put(wide ? 0x34 : 0x24, (field) => field.u32(4));
  put(wide ? 0x38 : 0x28, (field) => field.u32(dump.bugCheck ?? 0xd1));
  put(wide ? 0x40 : 0x2c, (field) => {
    for (let index = 0; index < 4; index += 1) field.word(dump.parameters?.[index] ?? 0, width);
  });
  if (!wide) put(0x5c, (field) => field.u32(dump.paging === 'pae' ? 1 : 0));
  const type = dump.type ?? 1;
  if (type === 1) {
    const runs = runsOf(numbers);
    if (runs.length > 40) throw new Error('too many runs for a complete dump');
    put(wide ? 0x88 : 0x64, (field) => {
      field.word(runs.length, width);
      field.word(numbers.length, width);
      for (const [first, count] of runs) {
        field.word(first, width);
        field.word(count, width);
      }
    });
  }
  const stackOffset = { x64: 152, la57: 152, arm64: 256, pae: 196, x86: 196 }[dump.paging];
  put((wide ? 0x348 : 0x320) + stackOffset, (field) => field.word(dump.stackPointer ?? 0, width));
  put(wide ? 0xf98 : 0xf88, (field) => field.u32(type));
  const ticks = BigInt((dump.time ?? 1_600_000_000_000) + 11_644_473_600_000) * 10_000n;
  put(wide ? 0xfa8 : 0xfc0, (field) => field.u64(ticks));
  put(wide ? 0x1030 : 0xfb8, (field) => field.u64(90_000_000_000));
  file.bytes(bytes);
}

function machineOf(paging: SynthPaging): number {
  if (paging === 'arm64') return 0xaa64;
  return is64(paging) ? 0x8664 : 0x14c;
}

/** What stands between header and pages. */
function writePageList(file: ByteWriter, dump: SynthKernelDump, numbers: readonly number[]): void {
  const type = dump.type ?? 1;
  const start = file.offset();
  const bitCount = numbers.at(-1)! + 1;
  const bitmap = new Uint8Array(Math.ceil(bitCount / 8));
  for (const number of numbers) bitmap[number >> 3]! |= 1 << (number & 7);
  if (type === 5 || type === 6) {
    file.text('SDMPDUMP');
    file.zeros(0x18);
    file.u64(start + 0x38 + bitmap.length);
    file.u64(numbers.length);
    file.u64(bitCount);
    file.bytes(bitmap);
  } else if (type === 2) {
    const extra = is64(dump.paging) ? 0x28 : 0x20;
    file.text('SDMPDUMP');
    file.u32(0);
    file.u32(start + extra + bitmap.length);
    file.u32(bitCount);
    file.u32(numbers.length);
    file.zeros(extra - 0x18);
    file.bytes(bitmap);
  } else if (type > 6) {
    const runs = runsOf(numbers);
    const listSize = (runs.length + 1) * 16;
    file.u32(0x40);
    file.text('RDMPDUMP');
    file.u32(0);
    file.u64(0x10 + listSize);
    file.u64(start + 0x30 + listSize);
    file.u32(type === 10 ? runs.length : 0);
    file.u32(0);
    file.u64(type === 10 ? numbers.length : 0);
    for (const [first, count] of runs) {
      file.u64(first);
      file.u64(count);
    }
    file.zeros(16);
  }
}
