import { describe, expect, test } from 'vitest';
import { type SynthPeFile, synthPeFile } from '../synth/synth-pe-file.ts';
import { type ModuleFixture, newPage, symbolsOf } from './module-fixture.ts';

const path = 'C:\\Program Files\\Server\\Foo.dll';
const start = 0x1000_0000;
const allPages = [0, 0x1000, 0x2000, 0x3000];

function openPe(pe: SynthPeFile, fixture: Partial<ModuleFixture> = {}) {
  return symbolsOf({ path, start, image: synthPeFile(pe), pointerSize: pe.pointerSize ?? 8, ...fixture });
}

describe.each([4, 8] as const)('%i byte pointers', (pointerSize) => {
  const exports = [
    { name: 'g_sessions', address: 0x2010 },
    { name: 'far', address: 0x2800 },
  ];

  test('exports are found in memory', () => {
    const symbols = openPe({ pointerSize, exports }, { pages: allPages });
    expect(symbols.describe(start + 0x2010)).toBe('g_sessions');
    expect(symbols.describe(start + 0x2018)).toBe('g_sessions+0x8');
    // So far behind an export something else stands.
    expect(symbols.describe(start + 0x2400)).toBeUndefined();
  });

  test('exports are found in a file of that name in any case', () => {
    const symbols = openPe({ pointerSize, exports }, { files: { 'foo.DLL': synthPeFile({ pointerSize, exports }) } });
    expect(symbols.describe(start + 0x2800)).toBe('far');
    expect(symbols.warnings()).toEqual([]);
  });

  test('the COFF symbols of a file tell what is not exported', () => {
    const mark = pointerSize === 4 ? '_' : '';
    const symbols = [
      { name: `${mark}g_user`, address: 0x2010 },
      { name: `${mark}_ZN3app10g_sessionsE`, address: 0x2020 },
    ];
    const opened = openPe({ pointerSize }, { files: { 'Foo.dll': synthPeFile({ pointerSize, symbols }) } });
    expect(opened.describe(start + 0x2010)).toBe('g_user');
    expect(opened.describe(start + 0x2028)).toBe('app::g_sessions+0x8');
  });
});

test('forwarders are texts, no addresses', () => {
  const symbols = openPe({ exports: [{ name: 'HeapAlloc', address: 0x1900 }] }, { pages: allPages });
  expect(symbols.symbolAt(start + 0x1900)).toBeUndefined();
});

describe('a file that is not the one loaded is refused', () => {
  const exports = [{ name: 'g_sessions', address: 0x2010 }];
  const other = { 'Foo.dll': synthPeFile({ linkTime: 7, exports }) };

  test('by its time stamp in memory', () => {
    const symbols = openPe({}, { pages: [0], files: other });
    expect(symbols.describe(start + 0x2010)).toBeUndefined();
    expect(symbols.warnings()[0]!.message).toContain('time stamp');
  });

  test('by its word size', () => {
    const symbols = openPe({}, { files: { 'Foo.dll': synthPeFile({ pointerSize: 4, exports }) } });
    expect(symbols.describe(start + 0x2010)).toBeUndefined();
  });
});

test('pointers in pages of a file are moved along with it', () => {
  const constants = newPage();
  const preferredStart = 0x1_4000_0000;
  // A complete object locator at 0x1100, its vtable at 0x1208, its TypeDescriptor in writable memory.
  constants.word(0x200, preferredStart + 0x1100);
  for (const [index, value] of [1, 0, 0, 0x2100, 0, 0x1100].entries()) constants.u32(0x100 + 4 * index, value);
  const data = newPage();
  data.text(0x110, '.?AVSession@app@@');
  const file = synthPeFile({ preferredStart, constants: constants.bytes.subarray(0, 0x800), relocations: [0x1200] });
  const symbols = openPe({}, { files: { 'Foo.dll': file }, further: [{ start: start + 0x2000, bytes: data.bytes }] });
  expect(symbols.vtableAt(start + 0x1208)).toEqual({ name: 'app::Session', isPrimary: true });
});
