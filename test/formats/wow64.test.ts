import { expect, test } from 'vitest';
import { ntHeap } from '../../src/allocators/nt-heap/index.ts';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { openMemory } from '../../src/memory/dump-memory.ts';
import { walkHeaps } from '../allocators/walk-heaps.ts';
import { createMemoryImage } from '../synth/memory-image.ts';
import { type SynthMinidump, writeMinidump } from '../synth/synth-minidump.ts';
import { type NtItem, writeNtHeap } from '../synth/synth-nt-heap.ts';
import { openDump } from './open-dump.ts';

const heap = 0x1f0000;
const block64 = 0x7e_0000;
const block32 = block64 + 0x2000;
const processBlock32 = 0x7f_0000;
const layer = 0x7ff8_1000_0000;

/** The memory of a 32-bit process with a heap of its own, and what a 64-bit Windows runs it with. */
function process() {
  const image = createMemoryImage();
  const items: NtItem[] = [24, 100, 100, 100].map((request) => ({ kind: 'busy', request, spareGranules: 0 }));
  const expected = writeNtHeap(image, {
    variant: 'win8-x86',
    encoding: [0x96fdb86a, 0xe1c2],
    segments: [{ address: heap, items }],
    records: 0x7000000,
  });
  image.commit(block64, block64 + 0x3000);
  image.pointer(8, block64 + 0x30, block64);
  image.u32(block32 + 4, 0x9000_0000);
  image.u32(block32 + 8, 0x8fff_0000);
  image.u32(block32 + 0x18, block32);
  image.u32(block32 + 0x30, processBlock32);
  image.u32(processBlock32 + 0x18, heap);
  const ranges = image.regions().map(({ start, bytes }) => ({ address: start, bytes }));
  return { expected, ranges };
}

function open(dump: SynthMinidump) {
  const source = memorySource(writeMinidump(dump));
  const opened = openDump(source);
  return { dump: opened, memory: openMemory(opened, source) };
}

test('a 64-bit dump of a 32-bit process is read as the process sees itself', () => {
  const { expected, ranges } = process();
  const { dump, memory } = open({
    ranges: [...ranges, { address: layer, bytes: new Uint8Array(4096) }],
    threads: [{ id: 5, stackPointer: 0x7ff8_2000_0000, environmentBlock: block64 }],
    modules: [
      { address: 0x400000, size: 0x1000, path: 'C:\\app\\server.exe' },
      { address: layer, size: 0x1000, path: 'C:\\Windows\\System32\\wow64.dll' },
      { address: layer + 0x10000, size: 0x1000, path: 'C:\\Windows\\System32\\wow64cpu.dll' },
    ],
  });
  expect(dump).toMatchObject({ architecture: 'x86', pointerSize: 4, processName: 'server.exe' });
  expect(dump.threads).toEqual([{ id: 5, stackPointer: undefined, environmentBlock: block32 }]);
  expect(dump.modules.map(({ path }) => path)).toEqual(['C:\\app\\server.exe']);
  expect([...dump.captured].every(({ start }) => start < 2 ** 32)).toBe(true);
  expect(dump.warnings.map(({ code }) => code)).toEqual(['wow64']);
  expect(dump.warnings[0]!.message).toContain('4096 bytes beyond 4 GiB');
  const walked = walkHeaps(ntHeap, memory);
  expect(walked.damage).toEqual([]);
  expect(walked.blocks).toEqual(expected);
  expect(walked.heaps.map(({ name }) => name)).toEqual(['process heap']);
});

test('so it can be compared with a 32-bit dump of the same process', () => {
  const { expected, ranges } = process();
  const modules = [{ address: 0x400000, size: 0x1000, path: 'C:\\app\\server.exe' }];
  const { dump, memory } = open({ processor: 0, ranges, modules });
  expect(dump).toMatchObject({ architecture: 'x86', pointerSize: 4, warnings: [] });
  expect(walkHeaps(ntHeap, memory).blocks).toEqual(expected);
});

test('a 64-bit process stays one, whatever its libraries are called', () => {
  const modules = [{ address: layer, size: 0x1000, path: 'C:\\app\\wow64.dll' }];
  const { dump } = open({ ranges: process().ranges, modules });
  expect(dump).toMatchObject({ architecture: 'x64', pointerSize: 8, warnings: [] });
});
