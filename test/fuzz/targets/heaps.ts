// Heaps with words that lie: found and walked beside the intact heap, and now and then reported on.
import { allocators } from '../../../src/allocators/index.ts';
import { matchRegions } from '../../../src/compare/match-regions.ts';
import { newRangeTally } from '../../../src/detect/range-tally.ts';
import { findHeaps, walkHeaps } from '../../../src/detect/walk-heaps.ts';
import type { Memory } from '../../../src/memory/memory.ts';
import type { OpenedDump } from '../../../src/memory/opened-dump.ts';
import { newPacer } from '../../../src/scan/pacer.ts';
import type { FakeRegion } from '../../synth/fake-memory.ts';
import { examineSeries } from '../examine.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { heapExamples } from '../heap-examples.ts';
import type { Random } from '../random.ts';

const names = [...new Set(heapExamples.map(({ allocator }) => allocator))];

/** Their examples have megabytes. */
const manyPages = ['tcmalloc', 'glibc-malloc'];

export const heapTargets: readonly FuzzTarget[] = names.map((name) => {
  const examples = heapExamples.filter(({ allocator }) => allocator === name);
  return {
    id: `heap-${name}`,
    oneRoundIn: manyPages.includes(name) ? 50 : 5,
    async run(random) {
      const example = random.pick(examples);
      const damaged = () => example.memory((regions) => damage(regions, random));
      if (random.chance(0.02)) {
        const memories = [example.memory((regions) => regions), damaged(), damaged()];
        await examineSeries(memories.map(openedDump), random);
        return;
      }
      const memories = [example.memory((regions) => regions), damaged()];
      const found = findHeaps(memories, allocators);
      const tallies = memories.map(({ dump }) => newRangeTally(matchRegions([dump]), 0));
      await walkHeaps(
        found,
        memories,
        tallies,
        newPacer(undefined, () => undefined),
      );
    },
  };
});

/** Changes words, most of them of those that are not zero: what is zero in a heap of a test is mostly nobody's. */
function damage(regions: FakeRegion[], random: Random): FakeRegion[] {
  const places = regions.map(({ bytes }) => ({
    bytes,
    words: new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2),
  }));
  const draw = () => {
    const { bytes, words } = random.pick(places);
    let at = random.below(words.length);
    for (let tries = 0; words[at] === 0 && tries < 500; tries += 1) at = (at + 1) % words.length;
    return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset), at: at * 4 };
  };
  for (let times = 1 + random.below(random.pick([2, 8, 40])); times > 0; times -= 1) {
    const { bytes, view, at } = draw();
    random.pick([
      () => view.setUint8(at + random.below(4), random.below(256)),
      () => view.setUint32(at, random.pick([0, 1, 0x41414141, 0x7fff_ffff, 0xffff_ffff, 0x8000_0000])),
      () => view.setUint32(at, view.getUint32(at, true) + random.pick([-16, -8, -1, 1, 8, 16, 4096]), true),
      () => {
        const other = draw();
        view.setUint32(at, other.view.getUint32(other.at));
      },
      () => {
        const other = random.below(bytes.length);
        bytes.copyWithin(at, other, Math.min(bytes.length, other + 8 + random.below(64)));
      },
    ])();
  }
  // Pages that a dump left out.
  return random.chance(0.2) ? regions.filter(() => random.chance(0.9)) : regions;
}

function openedDump(memory: Memory, index: number): OpenedDump {
  const path = `${index + 1}.core`;
  return { path, fileBytes: 1, memory, capturedAt: null, timeSource: null, warnings: [], close: () => undefined };
}
