import { describe, expect, test } from 'vitest';
import { type SynthElfFile, synthElfFile } from '../synth/synth-elf-file.ts';
import { moduleStart, symbolsOf } from './module-fixture.ts';

const path = '/opt/server/libfoo.so.1';
const named = [
  { name: 'g_header', address: 0x10 },
  { name: 'g_sessions', address: 0x2010 },
  { name: 'g_table', address: 0x2100, size: 0x100 },
];
const kinds = [4, 8].flatMap((pointerSize) => [true, false].map((littleEndian) => ({ pointerSize, littleEndian })));
const nameAt = (symbols: ReturnType<typeof symbolsOf>, offset: number, start = moduleStart) =>
  symbols.symbolAt(start + offset);

describe.each(kinds as { pointerSize: 4 | 8; littleEndian: boolean }[])(
  '$pointerSize bytes, little $littleEndian',
  (kind) => {
    const start = kind.pointerSize === 8 ? moduleStart : 0x4000_0000;
    const process = { path, start, ...kind };

    test('symbols come from .symtab of a file, moved to where it was loaded', () => {
      const file = synthElfFile({ ...kind, symbols: named });
      const symbols = symbolsOf({ ...process, image: file, files: { 'libfoo.so.1': file } });
      expect(nameAt(symbols, 0x2010, start)).toMatchObject({ name: 'g_sessions', offset: 0, module: { path } });
      expect(nameAt(symbols, 0x2180, start)).toMatchObject({ name: 'g_table', offset: 0x80 });
      expect(nameAt(symbols, 0x2018, start)).toBeUndefined();
      expect(symbols.describe(start + 0x2180)).toBe('g_table+0x80');
      expect(symbols.warnings()).toEqual([]);
    });

    test.each(['sysv', 'gnu'] as const)(
      'the dynamic symbols are found in memory alone, counted by the %s hash',
      (hash) => {
        const image = synthElfFile({ ...kind, hash, dynamicSymbols: named, withoutSections: true });
        const symbols = symbolsOf({ ...process, image, pages: [0, 0x3000, 0x4000] });
        expect(nameAt(symbols, 0x2100, start)).toMatchObject({ name: 'g_table', offset: 0 });
        expect(symbols.warnings()).toEqual([]);
      },
    );

    test('nothing is named where neither pages nor file are there', () => {
      const image = synthElfFile({ ...kind, dynamicSymbols: named });
      expect(nameAt(symbolsOf({ ...process, image, pages: [0] }), 0x2010, start)).toBeUndefined();
      expect(nameAt(symbolsOf({ ...process, image, pages: [0x3000] }), 0x2010, start)).toBeUndefined();
    });
  },
);

test('.dynsym of a file will do where it is stripped', () => {
  const file = synthElfFile({ dynamicSymbols: named });
  const symbols = symbolsOf({ path, image: file, files: { 'libfoo.so.1': file } });
  expect(nameAt(symbols, 0x2010)?.name).toBe('g_sessions');
});

test('a program that is not moved keeps its addresses', () => {
  const start = 0x400000;
  const symbol = { name: 'g_sessions', address: start + 0x2010 };
  const file = synthElfFile({ base: start, symbols: [symbol] });
  const symbols = symbolsOf({ path: '/srv/app', start, image: file, files: { app: file } });
  expect(nameAt(symbols, 0x2010, start)?.name).toBe('g_sessions');
});

test('sections, files, thread-local data and marks are no names', () => {
  const address = 0x2010;
  const others = [3, 4, 6].map((type) => ({ name: `type${type}`, address, type }));
  const file = synthElfFile({ symbols: [...others, { name: '$d', address, type: 0 }] });
  const symbols = symbolsOf({ path, image: file, files: { 'libfoo.so.1': file } });
  expect(nameAt(symbols, 0x2010)).toBeUndefined();
});

test('the smaller of two symbols that hold an address is named; where both begin, the larger', () => {
  const file = synthElfFile({
    symbols: [
      { name: 'all', address: 0x2000, size: 0x800 },
      { name: 'first', address: 0x2000, size: 8 },
      { name: 'part', address: 0x2100, size: 0x10 },
    ],
  });
  const symbols = symbolsOf({ path, image: file, files: { 'libfoo.so.1': file } });
  const at = (offset: number) => nameAt(symbols, offset)?.name;
  expect([at(0x2000), at(0x2008), at(0x2108), at(0x2110)]).toEqual(['all', 'all', 'part', 'all']);
});

describe('a file that is not the one loaded is refused', () => {
  const loaded: SynthElfFile = { buildId: [1, 2, 3, 4], symbols: named };
  const build = (image: SynthElfFile, file: SynthElfFile, pages = [0]) =>
    symbolsOf({ path, image: synthElfFile(image), pages, files: { 'libfoo.so.1': synthElfFile(file) } });

  test('by its build-id', () => {
    const symbols = build(loaded, { ...loaded, buildId: [1, 2, 3, 5] });
    expect(nameAt(symbols, 0x2010)).toBeUndefined();
    expect(symbols.warnings()).toMatchObject([{ code: 'module-file-refused' }]);
    expect(symbols.warnings()[0]!.message).toMatch(/^libfoo\.so\.1 .* build-id/);
  });

  test('by having no build-id', () => {
    const symbols = build(loaded, { symbols: named });
    expect(nameAt(symbols, 0x2010)).toBeUndefined();
  });

  test('by its word size, its byte order, its processor', () => {
    for (const other of [{ pointerSize: 4 }, { littleEndian: false }, { machine: 183 }] as const) {
      const symbols = build(loaded, { ...loaded, ...other });
      expect(nameAt(symbols, 0x2010)).toBeUndefined();
      expect(symbols.warnings()[0]!.message).toContain('processor');
    }
  });

  test('by its size, as when only a part of it is mapped', () => {
    const file = synthElfFile(loaded);
    for (const size of [0x1000, 0x9000]) {
      const symbols = symbolsOf({ path, size, image: file, files: { 'libfoo.so.1': file } });
      expect(nameAt(symbols, 0x10)).toBeUndefined();
      expect(symbols.warnings()[0]!.message).toContain('size');
    }
  });

  test('but the same build is taken, and one that cannot be told', () => {
    expect(nameAt(build(loaded, loaded), 0x2010)?.name).toBe('g_sessions');
    expect(nameAt(build(loaded, { ...loaded, buildId: [9] }, []), 0x2010)?.name).toBe('g_sessions');
  });
});

test('what is no module, or cut off, is told and not used', () => {
  const image = synthElfFile({ symbols: named });
  const text = symbolsOf({ path, image, files: { 'libfoo.so.1': Buffer.from('#!/bin/sh\n') } });
  expect(nameAt(text, 0x2010)).toBeUndefined();
  expect(text.warnings()[0]!.message).toContain('damaged');
  const cut = symbolsOf({ path, image, files: { 'libfoo.so.1': image.subarray(0, 0x5000) } });
  expect(nameAt(cut, 0x2010)).toBeUndefined();
  expect(cut.warnings()).toMatchObject([{ code: 'module-symbols-damaged' }]);
});

test('paths of a dump lead to no file outside the folder', () => {
  const image = synthElfFile({ symbols: named });
  for (const hostile of ['../../etc/passwd', '/..', '..', '.', '', 'a\0b', 'x/']) {
    const symbols = symbolsOf({ path: hostile, image, files: { 'libfoo.so.1': image } });
    expect(nameAt(symbols, 0x2010)).toBeUndefined();
    expect(symbols.warnings()).toEqual([]);
  }
});
