// Damaged program files and images of them in memory: names are looked up at random in both.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSymbols } from '../../../src/symbols/open-symbols.ts';
import { fakeMemory } from '../../synth/fake-memory.ts';
import { synthElfFile } from '../../synth/synth-elf-file.ts';
import { synthPeFile } from '../../synth/synth-pe-file.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { mutate } from '../mutate.ts';

const moduleStart = 0x7f00_0000_0000;
const symbols = Array.from({ length: 20 }, (_, index) => ({ name: `symbol${index}`, address: 0x2000 + 16 * index }));

const files: Readonly<Record<string, readonly Uint8Array[]>> = {
  elf: [
    synthElfFile({ symbols, buildId: [1, 2, 3] }),
    synthElfFile({ dynamicSymbols: symbols, hash: 'gnu', withoutSections: true }),
  ],
  pe: [synthPeFile({ symbols, exports: symbols, relocations: [0x1200, 0x1208] })],
};

export const moduleTargets: readonly FuzzTarget[] = Object.entries(files).map(([id, originals]) => ({
  id: `module-${id}`,
  oneRoundIn: 5,
  run(random, folder) {
    const original = random.pick(originals);
    const image = random.chance(0.5) ? mutate(original, random) : original;
    writeFileSync(join(folder, 'app'), random.chance(0.5) ? mutate(original, random) : original);
    const bytes = image.subarray(0, 0x1000 * (1 + random.below(5)));
    const modules = [{ start: moduleStart, end: moduleStart + 0x5000, path: '/srv/app' }];
    const names = openSymbols(fakeMemory([{ start: moduleStart, bytes }], { modules }), { folders: [folder] });
    try {
      for (let count = 0; count < 40; count += 1) names.describe(moduleStart - 16 + random.below(0x5020));
      for (let count = 0; count < 20; count += 1) names.vtableAt(moduleStart + 8 * random.below(0xa00));
      names.filledIn();
      names.warnings();
    } finally {
      names.close();
    }
  },
}));
