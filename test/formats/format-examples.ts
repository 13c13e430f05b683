import type { DumpFormatId } from '../../src/formats/index.ts';
import { writeElfCore } from '../synth/synth-elf-core.ts';
import { writeKernelDump } from '../synth/synth-kernel-dump.ts';
import { pagePackings, writeAvml, writeKdump, writeLime } from '../synth/synth-machine-memory.ts';
import { machoImage, writeMachoCore } from '../synth/synth-macho-core.ts';
import { writeMinidump } from '../synth/synth-minidump.ts';

const memoryBytes = Uint8Array.from({ length: 3000 }, (_, index) => index);

/** One rich file per format, for the contract test and the fuzzer. A new format needs one here. */
export const formatExamples: Readonly<Record<DumpFormatId, Uint8Array>> = {
  'elf-core': writeElfCore({
    process: { id: 1, name: 'a' },
    threads: [{ id: 1, stackPointer: 0x20010 }],
    auxiliary: [
      [9, 0x10010],
      [25, 0x20010],
      [33, 0x30000],
    ],
    files: [{ start: 0x10000, end: 0x11000, path: '/bin/a' }],
    notePadding: 4,
    captureNotes: [
      [0x4c560001, '{"capturedAt":"2026-03-01T14:05:09Z","standstill":"none"}'],
      [0x4c560002, '00010000-00011000 r-xp 00000000 00:00 0 /bin/a\n00020000-00022000 rw-p 00000000 00:00 0\n'],
      [0x4c560003, '{"unreadBytes":16,"unread":[["20010","10"]]}'],
    ],
    segments: [
      { address: 0x10000, bytes: memoryBytes, flags: 5 },
      { address: 0x20000, bytes: memoryBytes, memorySize: 8192 },
      { address: 0x30000, bytes: memoryBytes.subarray(0, 100), flags: 5 },
    ],
    extendedCount: true,
  }),
  'macho-core': writeMachoCore({
    threads: [0x20010],
    images: [{ address: 0x10000, path: '/bin/a' }],
    segments: [
      {
        address: 0x10000,
        bytes: machoImage({ fileType: 2, segments: [{ name: '__TEXT', address: 0x1000, size: 4096 }] }, 1000),
        rights: 5,
      },
      { address: 0x20000, bytes: memoryBytes, memorySize: 8192 },
    ],
  }),
  minidump: writeMinidump({
    processId: 1,
    memoryInfo: [
      { address: 0x10000, size: 4096 },
      { address: 0x20000, size: 4096, type: 0x1000000 },
    ],
    modules: [{ address: 0x20000, size: 4096, path: 'a.exe' }],
    threads: [{ id: 1, stackPointer: 0x10010, environmentBlock: 0x10000 }],
    smallRanges: [{ address: 0x20000, bytes: memoryBytes.subarray(0, 200) }],
    linuxMaps: '00010000-00011000 rw-p 00000000 00:00 0 [heap]\n',
    ranges: [{ address: 0x10000, bytes: memoryBytes }],
  }),
  kdump: writeKdump({
    pages: new Map(
      pagePackings.map(
        (packing, index) => [index * 2, { bytes: new Uint8Array(512).fill(index + 1), packing }] as const,
      ),
    ),
    pageSize: 512,
    frameCount: 20,
    vmcoreInfo: 'OSRELEASE=6.1\n',
  }),
  lime: writeLime([
    { address: 0x1000, bytes: memoryBytes },
    { address: 0x3000, bytes: memoryBytes },
  ]),
  avml: writeAvml([
    { address: 0x1000, bytes: memoryBytes },
    { address: 0x3000, bytes: memoryBytes },
  ]),
  raw: memoryBytes,
  'windows-kernel': writeKernelDump({
    paging: 'x64',
    type: 5,
    selfMap: true,
    stackPointer: -0x7ff_fffe_e000,
    modules: [{ address: -0x7ff_fffe_e000, size: 4096, path: '\\SystemRoot\\system32\\hal.dll' }],
    mappings: [
      { address: -0x7ff_fffe_e000, bytes: new Uint8Array(4096).fill(1) },
      { address: -0x7ff_fffe_d000, bytes: new Uint8Array(4096).fill(2), transition: 'hidden' },
    ],
  }),
};
