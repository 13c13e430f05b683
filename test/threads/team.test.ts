import { expect, test } from 'vitest';
import type { Helper } from '../../src/threads/helper.ts';
import { startTeam } from '../../src/threads/team.ts';

test('threads that were started ahead and are not wanted are ended', () => {
  let ended = 0;
  const helper: Helper = {
    open: () => expect.unreachable(),
    help: () => expect.unreachable(),
    end: async () => ended++,
  };
  expect(startTeam([], 7, [helper, helper])).toBeUndefined();
  expect(startTeam([], 0, [helper])).toBeUndefined();
  expect(ended).toBe(3);
});
