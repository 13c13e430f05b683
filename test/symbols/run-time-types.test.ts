import { describe, expect, test } from 'vitest';
import { synthElfFile } from '../synth/synth-elf-file.ts';
import { moduleStart, newPage, symbolsOf } from './module-fixture.ts';

const path = '/opt/server/libfoo.so.1';
const image = new Uint8Array(0);

describe.each([
  { width: 8, littleEndian: true, start: moduleStart },
  { width: 4, littleEndian: true, start: 0x4000_0000 },
  { width: 8, littleEndian: false, start: moduleStart },
] as const)(
  'run-time types of the Itanium ABI, $width bytes, little $littleEndian',
  ({ width, littleEndian, start }) => {
    /** Typeinfo at 0x2100; vtables at 0x2200 and, of a base within, 0x2300; the name at 0x1100. */
    function typedPages(name: string) {
      const data = newPage(width, littleEndian);
      data.word(0x100, start + 0x2f00);
      data.word(0x100 + width, start + 0x1100);
      data.word(0x200 - width, start + 0x2100);
      data.word(0x300 - 2 * width, -16);
      data.word(0x300 - width, start + 0x2100);
      const constants = newPage(width, littleEndian);
      constants.text(0x100, name);
      return { data, constants };
    }

    function open(name: string, fromFile = false) {
      const { data, constants } = typedPages(name);
      const file = synthElfFile({ pointerSize: width, littleEndian, constants: constants.bytes });
      const further = [{ start: start + 0x2000, bytes: data.bytes }];
      if (!fromFile) further.push({ start: start + 0x1000, bytes: constants.bytes });
      const files = fromFile ? { 'libfoo.so.1': file } : {};
      return symbolsOf({ path, start, image, pointerSize: width, littleEndian, further, files });
    }

    test('name the objects of a vtable', () => {
      const symbols = open('N3app7SessionE');
      expect(symbols.vtableAt(start + 0x2200)).toEqual({ name: 'app::Session', isPrimary: true });
      expect(symbols.describe(start + 0x2200)).toBe('vtable of app::Session');
    });

    test('tell a vtable of a base further in', () => {
      expect(open('N3app7SessionE').vtableAt(start + 0x2300)).toEqual({ name: 'app::Session', isPrimary: false });
    });

    test('are completed from the file where the dump left out what is read-only', () => {
      expect(open('7Session', true).vtableAt(start + 0x2200)?.name).toBe('Session');
    });

    test('are none when the name is not one, and elsewhere', () => {
      expect(open('password=hunter2').vtableAt(start + 0x2200)).toBeUndefined();
      const symbols = open('7Session');
      const found = Array.from({ length: 0x1000 }, (_, byte) => 0x2000 + byte).filter((at) =>
        symbols.vtableAt(start + at),
      );
      expect(found).toEqual([0x2200, 0x2300]);
    });
  },
);

describe.each([4, 8] as const)('run-time types of Microsoft, %i bytes', (width) => {
  const start = width === 8 ? 0x1_4000_0000 : 0x1000_0000;

  function open(distance: number) {
    const page = newPage(width);
    const base = width === 8 ? 0 : start;
    const locator = [width === 8 ? 1 : 0, distance, 0, base + 0x2300, base + 0x2400, width === 8 ? 0x2100 : 0];
    for (const [index, value] of locator.entries()) page.u32(0x100 + 4 * index, value);
    page.word(0x200 - width, start + 0x2100);
    page.text(0x300 + 2 * width, '.?AVSession@app@@');
    return symbolsOf({
      path,
      start,
      image,
      pointerSize: width,
      further: [{ start: start + 0x2000, bytes: page.bytes }],
    });
  }

  test('name the objects of a vtable, and tell those of a base further in', () => {
    expect(open(0).vtableAt(start + 0x2200)).toEqual({ name: 'app::Session', isPrimary: true });
    expect(open(16).vtableAt(start + 0x2200)).toEqual({ name: 'app::Session', isPrimary: false });
    expect(open(0).vtableAt(start + 0x2208)).toBeUndefined();
  });
});

describe.each([4, 8] as const)('type objects of CPython, %i bytes', (width) => {
  const start = 0x5000_0000;
  /** `type` at 0, a metaclass at 0x100, a class at 0x200; names from 0x400 on. */
  function open(name: string, basicSize = 48) {
    const page = newPage(width);
    const type = (offset: number, of: number, text: string, size: number) => {
      page.word(offset, 5);
      page.word(offset + width, start + of);
      page.word(offset + 3 * width, start + offset + 0x400);
      page.word(offset + 4 * width, size);
      page.text(offset + 0x400, text);
    };
    type(0, 0, 'type', 408);
    type(0x100, 0, 'Meta', 408);
    type(0x200, 0x100, name, basicSize);
    return symbolsOf({ path, image, pointerSize: width, further: [{ start, bytes: page.bytes }] });
  }

  test('carry the name of the class, also below a metaclass', () => {
    expect(open('Session').pythonTypeAt(start + 0x200)).toBe('Session');
    expect(open('shop.models.Order_2').describe(start + 0x200)).toBe('Python type shop.models.Order_2');
    expect(open('x').pythonTypeAt(start)).toBe('type');
  });

  test.each(['', 'two words', 'a-b', '.a', 'a..b', '1st', `${'long'.repeat(21)}`])('but %j is no name', (name) => {
    expect(open(name).pythonTypeAt(start + 0x200)).toBeUndefined();
  });

  test('and no object has a negative or huge size', () => {
    for (const size of [-1, 0, 1 << 24]) expect(open('Session', size).pythonTypeAt(start + 0x200)).toBeUndefined();
  });
});
