import { expect, test } from 'vitest';
import { sameProcessWarnings } from '../../src/compare/same-process.ts';
import type { OpenedDump } from '../../src/memory/opened-dump.ts';
import type { Dump } from '../../src/model/dump.ts';
import { openedDump } from '../synth/pool-process.ts';

function opened(change: Partial<Dump>): OpenedDump {
  const one = openedDump(new Uint8Array(4096), 0);
  return {
    ...one,
    memory: { ...one.memory, dump: { ...one.memory.dump, processId: 7, processName: 'server', ...change } },
  };
}

test('dumps of one process give no warning', () => {
  expect(sameProcessWarnings([opened({}), opened({}), opened({ processId: null })])).toEqual([null, null, null]);
});

test.each([
  ['another id', { processId: 8 }, 'process id is 8'],
  ['another program', { processName: 'client' }, 'different names'],
  [
    'modules elsewhere',
    { modules: [{ path: '/usr/bin/server', start: 0x1000, end: 0x5000 }] },
    'a module is loaded at another address',
  ],
])('%s gives one that says why', (_, change, text) => {
  const [, warning] = sameProcessWarnings([opened({}), opened(change)]);
  expect(warning).toMatchObject({ code: 'other-process', message: expect.stringContaining(text) as string });
});

test('a file that is mapped once more has not moved', () => {
  const own = { path: '/usr/bin/node', start: 0x40_0000, end: 0x50_0000 };
  const again = { path: '/usr/bin/node', start: 0x7f00_0000_0000, end: 0x7f00_0010_0000 };
  const dumps = [opened({ modules: [own] }), opened({ modules: [own, again] })];
  expect(sameProcessWarnings(dumps)).toEqual([null, null]);
});
