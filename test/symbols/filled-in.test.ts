import { describe, expect, test } from 'vitest';
import { leftOutOfFiles } from '../../src/model/left-out.ts';
import { overlayMemory } from '../../src/symbols/overlay-memory.ts';
import { fakeMemory } from '../synth/fake-memory.ts';
import { synthElfFile } from '../synth/synth-elf-file.ts';
import { synthPeFile } from '../synth/synth-pe-file.ts';
import { moduleStart, newPage, symbolsOf } from './module-fixture.ts';

const path = '/opt/server/libfoo.so.1';
const page = 0x1000;

describe('an ELF file', () => {
  const file = synthElfFile({ buildId: [1, 2, 3, 4] });
  const files = { 'libfoo.so.1': file };

  test('fills in its two read-only pages, not the three that can be written to', () => {
    expect(symbolsOf({ path, image: file, files }).filledIn()).toEqual({ bytes: 2 * page, files: 1 });
  });

  test('fills in only what the dump does not hold', () => {
    expect(symbolsOf({ path, image: file, files, pages: [0] }).filledIn()).toEqual({ bytes: page, files: 1 });
    expect(symbolsOf({ path, image: file, files, pages: [0, page] }).filledIn()).toEqual({ bytes: 0, files: 0 });
  });

  test('fills in nothing when it is of another build', () => {
    const other = { 'libfoo.so.1': synthElfFile({ buildId: [1, 2, 3, 5] }) };
    const symbols = symbolsOf({ path, image: file, files: other, pages: [0] });
    expect(symbols.filledIn()).toEqual({ bytes: 0, files: 0 });
    expect(symbols.warnings()).toMatchObject([{ code: 'module-file-refused' }]);
  });

  test('fills in nothing when the list of modules names another build', () => {
    const opened = (debugId: string) => symbolsOf({ path, image: file, files, debugId });
    const other = opened('01020305');
    expect(other.filledIn()).toEqual({ bytes: 0, files: 0 });
    expect(other.warnings()[0]!.message).toMatch(/^libfoo\.so\.1 .* build-id/);
    expect(opened('01020304').filledIn()).toEqual({ bytes: 2 * page, files: 1 });
    // A PDB's, which Windows tools write.
    expect(opened('0102030405060708090A0B0C0D0E0F102').filledIn()?.files).toBe(1);
  });

  test('counts no more than it has, and only what lies in the module', () => {
    const cut = { 'libfoo.so.1': file.subarray(0, page + 0x100) };
    expect(symbolsOf({ path, image: file, files: cut }).filledIn()).toEqual({ bytes: page + 0x100, files: 1 });
  });

  test('is not asked where no folder was given', () => {
    expect(symbolsOf({ path, image: file }).filledIn()).toBeNull();
  });
});

test('a PE file fills in its headers and read-only sections', () => {
  const image = synthPeFile({ linkTime: 7 });
  const dll = { path: 'C:\\Foo.dll', start: 0x1000_0000, size: 0x4000, image };
  const filled = symbolsOf({ ...dll, files: { 'foo.dll': image } }).filledIn();
  expect(filled).toMatchObject({ files: 1 });
  const withData = symbolsOf({ ...dll, files: { 'foo.dll': image }, pages: [0x2000] }).filledIn();
  expect(withData).toEqual(filled);
  const withConstants = symbolsOf({ ...dll, files: { 'foo.dll': image }, pages: [0x1000] }).filledIn();
  expect(filled!.bytes - withConstants!.bytes).toBe(page);
  const other = symbolsOf({ ...dll, files: { 'foo.dll': synthPeFile({ linkTime: 8 }) }, pages: [0] });
  expect(other.filledIn()).toEqual({ bytes: 0, files: 0 });
  expect(other.warnings()[0]!.message).toContain('time stamp');
});

describe('memory with a file', () => {
  const constants = newPage();
  constants.word(0x10, 0x1234);
  const bytes = synthElfFile({ constants: constants.bytes });
  const source = {
    size: bytes.length,
    file: undefined,
    read: (offset: number, into: Uint8Array) => {
      const piece = bytes.subarray(offset, offset + into.length);
      into.set(piece);
      return piece.length;
    },
    close: () => undefined,
  };
  const ranges = [{ start: moduleStart, size: 2 * page, fileOffset: 0 }];
  const file = { source, mismatch: undefined, ranges, relocate: undefined, symbols: () => undefined };
  const gaps = [{ start: moduleStart + page, end: moduleStart + page + 0x800 }];
  const data = { start: moduleStart + 2 * page, bytes: newPage().bytes };
  const overlay = overlayMemory(fakeMemory([data]), () => ({ file, gaps }));

  test('is read in its gaps and nowhere else', () => {
    expect(overlay.i64(moduleStart + page + 0x10)).toBe(0x1234);
    expect(overlay.u8(moduleStart)).toBeUndefined();
    expect(overlay.u8(moduleStart + page + 0x800)).toBeUndefined();
    expect(overlay.read(moduleStart + page + 0x7f0, new Uint8Array(64))).toBe(16);
  });

  test('is not captured for that', () => {
    expect(overlay.capturedBytesFrom(moduleStart + page, 64)).toBe(0);
    expect(overlay.capturedBytesFrom(data.start, 64)).toBe(64);
    expect(overlay.dump.captured).toEqual([{ start: data.start, size: page, fileOffset: 0 }]);
  });
});

describe('what was left out of files', () => {
  const modules = [{ start: moduleStart, end: moduleStart + 5 * page, path }];
  const region = (offset: number, kind: 'image' | 'mapped-file', writable: boolean) => ({
    start: moduleStart + offset,
    end: moduleStart + offset + 2 * page,
    kind,
    name: path,
    readable: true,
    writable,
    executable: false,
  });
  const { dump } = fakeMemory([], { modules });

  test('is what nobody could write to, of modules and of other files', () => {
    const regions = [
      region(0, 'image', false),
      region(3 * page, 'image', true),
      region(8 * page, 'mapped-file', false),
    ];
    expect(leftOutOfFiles({ ...dump, regions })).toEqual({ modules: 1, moduleBytes: 3 * page, otherBytes: 2 * page });
  });

  test('is all of a module where the dump does not say what could be written to', () => {
    const regions = [{ ...region(0, 'image', true), rightsAreAssumed: true as const }];
    expect(leftOutOfFiles({ ...dump, regions }).moduleBytes).toBe(5 * page);
  });

  test('is nothing where all is held, and unknown in memory that has no modules', () => {
    const captured = [{ start: moduleStart, size: 5 * page, fileOffset: 0 }];
    const nothing = { modules: 0, moduleBytes: 0, otherBytes: 0 };
    expect(leftOutOfFiles({ ...dump, captured })).toEqual(nothing);
    expect(leftOutOfFiles({ ...dump, addressSpace: 'physical' })).toEqual(nothing);
  });
});

test('a region that can be written to is never filled in, whatever the file says of it', () => {
  const file = synthElfFile({});
  const writable = [{ start: moduleStart + page, bytes: new Uint8Array(page) }];
  const { dump } = fakeMemory(writable, { modules: [{ start: moduleStart, end: moduleStart + 5 * page, path }] });
  expect(leftOutOfFiles({ ...dump, captured: [] }).moduleBytes).toBe(4 * page);
  const symbols = symbolsOf({ path, image: file, files: { 'libfoo.so.1': file }, withoutBytes: writable });
  expect(symbols.filledIn()).toEqual({ bytes: page, files: 1 });
});
