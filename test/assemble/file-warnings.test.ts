import { describe, expect, test } from 'vitest';
import { fileWarnings } from '../../src/assemble/file-warnings.ts';
import type { Symbols } from '../../src/symbols/open-symbols.ts';
import { fakeMemory } from '../synth/fake-memory.ts';
import { reportAllocation } from '../synth/leak-report.ts';

const { dump } = fakeMemory([], { modules: [{ start: 0x10000, end: 0x12000, path: '/srv/app' }] });
const symbols = (filled: ReturnType<Symbols['filledIn']>): Symbols => ({
  symbolAt: () => undefined,
  vtableAt: () => undefined,
  pythonTypeAt: () => undefined,
  describe: () => undefined,
  filledIn: () => filled,
  warnings: () => [],
  close: () => undefined,
});
const pointingTo = (detail: string) =>
  reportAllocation({ fields: [{ offset: 0, size: 8, kind: 'module-pointer', detail }] });

describe('the report', () => {
  test('says how much the files of modules filled in', () => {
    const [warning, ...others] = fileWarnings(dump, symbols({ bytes: 8192, files: 2 }), []);
    expect(warning).toMatchObject({ code: 'modules-filled-in' });
    expect(warning!.message).toMatch(/^8 KB .* from 2 files of modules, and count nowhere as captured$/);
    expect(others).toEqual([]);
    expect(fileWarnings(dump, symbols({ bytes: 0, files: 0 }), [pointingTo('app+0x10')])).toEqual([]);
  });

  test('says what was left out where a pointer of a suspect has no name for it', () => {
    const [warning] = fileWarnings(dump, symbols(null), [pointingTo('app+0x10')]);
    expect(warning).toMatchObject({ code: 'modules-left-out' });
    expect(warning!.message).toMatch(/^8 KB of 1 module were left out .* --modules DIR fills in what is read-only/);
  });

  test('says nothing where the name is known, there is no such pointer, or all is held', () => {
    expect(fileWarnings(dump, symbols(null), [pointingTo('app+0x10 (vtable of Session)')])).toEqual([]);
    expect(fileWarnings(dump, symbols(null), [pointingTo('into app, several places')])).toEqual([]);
    expect(fileWarnings(dump, symbols(null), [])).toEqual([]);
    const captured = [{ start: 0x10000, size: 0x2000, fileOffset: 0 }];
    expect(fileWarnings({ ...dump, captured }, symbols(null), [pointingTo('app+0x10')])).toEqual([]);
  });
});
