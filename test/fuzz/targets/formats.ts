// Dump files of every format: the contract test's examples and files drawn at random, then damaged.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { memorySource } from '../../../src/bytes/memory-source.ts';
import { type DumpFormatId, dumpFormats } from '../../../src/formats/index.ts';
import { formatExamples } from '../../formats/format-examples.ts';
import { openDump } from '../../formats/open-dump.ts';
import { hostileNames } from '../../reports/arbitrary-report.ts';
import { writeElfCore } from '../../synth/synth-elf-core.ts';
import { writeMinidump } from '../../synth/synth-minidump.ts';
import { examineFiles, refusing } from '../examine.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { mutate } from '../mutate.ts';
import type { Random } from '../random.ts';

export const formatTargets: readonly FuzzTarget[] = dumpFormats.flatMap(({ id }) => [
  {
    id: `format-${id}`,
    run: (random) => refusing(() => void openDump(memorySource(mutate(draw(id, random), random)))),
  },
  {
    id: `dump-${id}`,
    oneRoundIn: 10,
    async run(random, folder) {
      const original = draw(id, random);
      // A series takes several times as long as one file.
      const files = random.chance(0.8) ? [mutate(original, random)] : seriesOf(original, random);
      const paths = files.map((bytes, index) => {
        const path = join(folder, `${index}.dmp`);
        writeFileSync(path, bytes);
        return path;
      });
      await examineFiles(paths, random);
    },
  },
]);

function draw(id: DumpFormatId, random: Random): Uint8Array {
  return random.chance(0.4) ? formatExamples[id] : (drawn[id]?.(random) ?? formatExamples[id]);
}

function seriesOf(original: Uint8Array, random: Random): Uint8Array[] {
  const damaged = () => (random.chance(0.6) ? mutate(original, random) : original);
  return [damaged(), damaged(), damaged()];
}

/** Files that are well formed but say what no process does. */
const drawn: Partial<Record<DumpFormatId, (random: Random) => Uint8Array>> = {
  'elf-core': drawElfCore,
  minidump: drawMinidump,
};

/** Blocks of one size, so that there is a stride to find; what else, chance decides. */
function drawMemory(random: Random): Uint8Array {
  const bytes = new Uint8Array(random.pick([0, 1, 100, 4096, 8192, 30_000]));
  const stride = random.pick([16, 48, 272]);
  const view = new DataView(bytes.buffer);
  const kind = random.below(4);
  if (kind === 0) bytes.set(random.bytes(bytes.length));
  for (let at = 0; kind > 1 && at + 16 <= bytes.length; at += stride) {
    view.setUint32(at, 0x1234_5678);
    view.setBigUint64(at + 8, BigInt(0x10000 + (kind === 2 ? at : 0)), true);
  }
  return bytes;
}

function drawAddress(random: Random): number {
  return random.pick([0, 0x1000, 0x10000, 0x10800, 0x20000, 0x7fff_f000, 0xffff_f000, 0x7f3c_0000_0000, 2 ** 46]);
}

function several<T>(random: Random, most: number, draw: () => T): T[] {
  return Array.from({ length: random.below(most + 1) }, draw);
}

const drawName = (random: Random) => random.pick(hostileNames);

function drawElfCore(random: Random): Uint8Array {
  const is64Bit = random.chance(0.7);
  const address = () => drawAddress(random) % (is64Bit ? 2 ** 48 : 2 ** 32);
  return writeElfCore({
    is64Bit,
    littleEndian: random.chance(0.8),
    machine: random.pick([62, 3, 40, 183, 8, 21, 22, 0, 65535]),
    process: { id: random.below(2 ** 31), name: drawName(random).slice(0, 15) },
    threads: several(random, 3, () => ({ id: random.below(2 ** 31), stackPointer: address() })),
    files: several(random, 4, () => {
      const start = address();
      return { start, end: start + random.pick([0, 0x1000, 0x5000]), path: drawName(random) };
    }),
    auxiliary: several(random, 4, () => [random.pick([3, 5, 6, 9, 25, 33]), address()] as const),
    segments: several(random, 6, () => ({
      address: address(),
      bytes: drawMemory(random),
      memorySize: random.pick([0, 4096, 40_000, 2 ** 31]),
      flags: random.below(8),
    })),
    extendedCount: random.chance(0.2),
    notePadding: random.below(9),
  });
}

function drawMinidump(random: Random): Uint8Array {
  const address = () => drawAddress(random);
  const info = () => ({
    address: address(),
    size: random.pick([0, 4096, 65536, 2 ** 31]),
    state: random.pick([0x1000, 0x2000, 0x10000, 0]),
    type: random.pick([0x20000, 0x40000, 0x1000000, 0]),
  });
  return writeMinidump({
    processor: random.pick([0, 9, 12]),
    platform: random.pick([2, 0x8101, 0x8201]),
    processId: random.below(2 ** 31),
    withoutSystemInfo: random.chance(0.1),
    memoryInfo: several(random, 5, info),
    modules: several(random, 4, () => ({
      address: address(),
      size: random.pick([0, 4096, 2 ** 31]),
      path: drawName(random),
    })),
    threads: several(random, 3, () => ({
      id: random.below(2 ** 31),
      stackPointer: address(),
      environmentBlock: address(),
    })),
    smallRanges: several(random, 4, () => ({ address: address(), bytes: drawMemory(random) })),
    ranges: several(random, 4, () => ({ address: address(), bytes: drawMemory(random) })),
    linuxMaps: several(
      random,
      4,
      () => `${address().toString(16)}-${(address() + 4096).toString(16)} rw-p 0 0:0 0 ${drawName(random)}`,
    ).join('\n'),
    paddedLists: random.chance(0.2),
    otherStreams: several(random, 2, () => ({ type: random.below(24), bytes: random.bytes(random.below(64)) })),
  });
}
