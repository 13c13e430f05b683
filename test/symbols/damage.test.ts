import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Symbols } from '../../src/symbols/open-symbols.ts';
import { synthElfFile } from '../synth/synth-elf-file.ts';
import { synthPeFile } from '../synth/synth-pe-file.ts';
import { moduleStart, newPage, symbolsOf } from './module-fixture.ts';

const page = newPage();
page.word(0x100, moduleStart + 0x2f00);
page.word(0x108, moduleStart + 0x1100);
page.word(0x1f8, moduleStart + 0x2100);
const text = newPage();
text.text(0x100, 'N3app7SessionE');
const named = Array.from({ length: 20 }, (_, index) => ({ name: `symbol${index}`, address: 0x2000 + 16 * index }));
const common = { constants: text.bytes, data: page.bytes };
const relocations = [0x1200, 0x1208];
const pe = { constants: text.bytes.subarray(0, 0x800), data: page.bytes, symbols: named, exports: named, relocations };
const modules: readonly (readonly [name: string, path: string, image: Uint8Array])[] = [
  ['ELF', '/srv/app', synthElfFile({ ...common, symbols: named, buildId: [1, 2, 3] })],
  [
    'ELF without sections',
    '/srv/app',
    synthElfFile({ ...common, dynamicSymbols: named, hash: 'gnu', withoutSections: true }),
  ],
  ['PE', 'C:\\app', synthPeFile(pe)],
];

/** Headers and tables are where it hurts; values that are all bits, none, or just too large. */
const mutation = fc.record({
  at: fc.oneof(fc.integer({ min: 0, max: 0x400 }), fc.integer({ min: 0, max: 0x5fff })),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc
      .constantFrom([0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80])
      .map((all) => Uint8Array.from(all)),
  ),
});

function mutate(image: Uint8Array, mutations: readonly { at: number; bytes: Uint8Array }[]): Uint8Array {
  const copy = image.slice();
  for (const { at, bytes } of mutations)
    copy.set(bytes.subarray(0, Math.max(0, copy.length - at)), Math.min(at, copy.length));
  return copy;
}

function askAll(symbols: Symbols): void {
  for (let offset = -16; offset < 0x5010; offset += 0x88) symbols.describe(moduleStart + offset);
  for (let offset = 0x2000; offset < 0x2400; offset += 8) symbols.vtableAt(moduleStart + offset);
  symbols.close();
}

test.each(modules)('a damaged %s file or image never throws, and never takes long', (_name, path, image) => {
  fc.assert(
    fc.property(
      fc.array(mutation, { minLength: 1, maxLength: 12 }),
      fc.nat(image.length),
      fc.boolean(),
      (all, size, cut) => {
        const damaged = mutate(image, all);
        const fileName = path.split(/[\\/]/).at(-1)!;
        const file = cut ? damaged.subarray(0, Math.max(1, size)) : damaged;
        const started = performance.now();
        askAll(symbolsOf({ path, image: damaged, pages: [0, 0x1000, 0x2000, 0x3000, 0x4000] }));
        askAll(symbolsOf({ path, image: damaged, pages: [0x2000], files: { [fileName]: file } }));
        expect(performance.now() - started).toBeLessThan(2000);
      },
    ),
    { numRuns: 300 },
  );
});

test('a table of a million symbols that a small file claims to hold is read as far as it goes', () => {
  const image = synthElfFile({ symbols: named });
  const view = new DataView(image.buffer);
  const section = Number(view.getBigUint64(40, true)) + 64;
  view.setBigUint64(section + 32, 1n << 50n, true);
  const symbols = symbolsOf({ path: '/srv/app', image, files: { app: image } });
  expect(symbols.symbolAt(moduleStart + 0x2000)?.name).toBe('symbol0');
});
