import { describe, expect, test } from 'vitest';
import { findRuns, runWarnings } from '../../src/compare/runs.ts';
import type { Dump } from '../../src/model/dump.ts';
import { fakeMemory } from '../synth/fake-memory.ts';

function dump(change: Partial<Dump> = {}): Dump {
  return { ...fakeMemory([]).dump, processId: 7, processName: 'server', ...change };
}

function warnings(...dumps: Dump[]) {
  return runWarnings(dumps, findRuns(dumps));
}

const marks = { seed: 11, stack: 0x7ffd_0000_0000, vdso: 0x7ffd_0001_0000, program: 0x5555_0000_0000 };

test('dumps of one process are of one run', () => {
  const dumps = [dump(), dump(), dump({ processId: null })];
  expect(findRuns(dumps)).toMatchObject({ runOf: [0, 0, 0], spaceOf: [0, 0, 0] });
  expect(warnings(...dumps)).toEqual([null, null, null]);
});

describe('a dump is of another run', () => {
  test.each([
    ['another id', { processId: 8 }, 'process id is 8'],
    ['another program', { processName: 'client' }, 'different names'],
    [
      'modules elsewhere',
      { modules: [{ path: '/usr/bin/server', start: 0x1000, end: 0x5000 }] },
      'a module is loaded at another address',
    ],
  ])('by %s, and the warning says so', (_, change, text) => {
    const [, warning] = warnings(
      dump({ modules: [{ path: '/usr/bin/server', start: 0x2000, end: 0x6000 }] }),
      dump(change),
    );
    expect(warning).toMatchObject({ code: 'other-process', message: expect.stringContaining(text) as string });
  });

  test.each([
    ['seed', 12, 'random bytes'],
    ['stack', 0x7ffc_0000_0000, 'stack'],
    ['start-time', 1_700_000_001, 'started at another time'],
    ['process-block', 0x3000, 'process block'],
  ])('with the same process id, as all programs in containers have, by its %s', (kind, value, text) => {
    const first = { ...marks, 'start-time': 1_700_000_000, 'process-block': 0x2000 };
    const dumps = [dump({ runMarks: first }), dump({ runMarks: { ...first, [kind]: value } })];
    expect(findRuns(dumps).runOf).toEqual([0, 1]);
    expect(warnings(...dumps)[1]!.message).toContain(text);
  });
});

describe('a dump is of the same run', () => {
  test('though a library was unloaded and came back elsewhere', () => {
    const at = (start: number) => ({
      runMarks: marks,
      modules: [{ path: '/lib/plugin.so', start, end: start + 0x1000 }],
    });
    expect(findRuns([dump(at(0x1000)), dump(at(0x9000))]).runOf).toEqual([0, 0]);
  });

  test('though a file is mapped once more', () => {
    const own = { path: '/usr/bin/node', start: 0x40_0000, end: 0x50_0000 };
    const again = { path: '/usr/bin/node', start: 0x7f00_0000_0000, end: 0x7f00_0010_0000 };
    expect(findRuns([dump({ modules: [own] }), dump({ modules: [own, again] })]).runOf).toEqual([0, 0]);
  });

  test('though the name is cut off, as the kernel does it', () => {
    const names = ['a-server-with-a-long-name', 'a-server-with-a'];
    expect(findRuns(names.map((processName) => dump({ processName }))).runOf).toEqual([0, 0]);
  });
});

test('processes forked from one are other runs in one address space', () => {
  const dumps = [dump({ runMarks: marks }), dump({ runMarks: marks, processId: 8 })];
  expect(findRuns(dumps)).toMatchObject({ runOf: [0, 1], spaceOf: [0, 0] });
  expect(warnings(...dumps)[1]!.message).toContain('forked from the same one');
});

test('dumps that come back to a run are of that run', () => {
  const ids = [7, 8, 7, 9];
  expect(findRuns(ids.map((processId) => dump({ processId }))).runOf).toEqual([0, 1, 0, 2]);
});

test('a file that is another build by the same name is told', () => {
  const of = (size: number, processId: number) =>
    dump({ processId, modules: [{ path: '/usr/bin/server', start: 0x1000, end: 0x1000 + size }] });
  expect(warnings(of(0x4000, 7), of(0x5000, 8))[1]!.message).toContain('a file is of another build');
  expect(warnings(of(0x4000, 7), of(0x4000, 8))[1]!.message).not.toContain('build');
});
