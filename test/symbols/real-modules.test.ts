import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openSymbols } from '../../src/symbols/open-symbols.ts';
import { fakeMemory } from '../synth/fake-memory.ts';

const source = `
#include <cstring>
#include <vector>
namespace app {
struct Handler { virtual ~Handler() {} virtual int handle(int) { return 1; } };
struct Logger { virtual ~Logger() {} int level; };
class Session : public Handler, public Logger { public: int handle(int x) override { return x + 2; } };
template <class T, int N> struct Pool { virtual ~Pool() {} T items[N]; };
namespace { struct Hidden { virtual ~Hidden() {} }; }
std::vector<Handler *> sessions;
}
int main(int argc, char **) {
  struct Local { virtual ~Local() {} };
  app::sessions.push_back(new app::Session);
  void *all[] = { new app::Pool<app::Session, 4>, new app::Hidden, new Local };
  return all[argc % 3] == nullptr;
}`;

const folder = mkdtempSync(join(tmpdir(), 'leakviz-real-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Compiler {
  readonly command: string;
  readonly nm: string;
  readonly flags: readonly string[];
  /** What the file's addresses begin with. */
  readonly base: number;
}

/** One that does not move its programs, so that what is in the file is what would be in memory. */
const compilers: readonly Compiler[] = [
  { command: 'g++', nm: 'nm', flags: ['-no-pie'], base: 0x400000 },
  { command: 'x86_64-w64-mingw32-g++', nm: 'x86_64-w64-mingw32-nm', flags: ['-static'], base: 0x1_4000_0000 },
];

const wanted = new Map([
  ['_ZTVN3app7SessionE', 'app::Session'],
  ['_ZTVN3app4PoolINS_7SessionELi4EEE', 'app::Pool<app::Session, 4>'],
  ['_ZTVN3app12_GLOBAL__N_16HiddenE', 'app::(anonymous)::Hidden'],
  ['_ZTVZ4mainE5Local', 'main::Local'],
]);

describe.each(compilers)('a program of $command', ({ command, nm, flags, base }) => {
  const isThere = spawnSync(command, ['--version']).status === 0;
  if (!isThere) console.log(`skipped: there is no ${command}`);

  test.skipIf(!isThere)(
    'has its vtables and statics named, as nm gives their addresses',
    () => {
      // Compilers for Windows add the ending by themselves.
      const program = join(folder, `${command}.exe`);
      writeFileSync(`${program}.cpp`, source);
      execFileSync(command, ['-O0', ...flags, '-o', program, `${program}.cpp`]);
      const addresses = new Map(
        execFileSync(nm, [program], { encoding: 'utf8' })
          .split('\n')
          .map((line) => line.trim().split(' '))
          .filter((parts) => parts.length === 3)
          .map(([address, , name]) => [name!, Number.parseInt(address!, 16)]),
      );
      const modules = [
        { start: base, end: addresses.get('_end') ?? base + readFileSync(program).length, path: program },
      ];
      const symbols = openSymbols(fakeMemory([], { modules }), { folders: [folder] });
      for (const [mangled, name] of wanted) {
        expect(symbols.vtableAt(addresses.get(mangled)! + 16), mangled).toEqual({ name, isPrimary: true });
      }
      expect(symbols.describe(addresses.get('_ZN3app8sessionsE')!)).toBe('app::sessions');
      expect(symbols.warnings()).toEqual([]);
      symbols.close();
    },
    60_000,
  );
});
