import { describe, expect, test } from 'vitest';
import { nextSteps, type StepFacts } from '../../src/assemble/next-steps.ts';
import type { LeakReport, NextStep, NextStepTool } from '../../src/model/leak-report.ts';
import { reportDump, sampleReport } from '../synth/leak-report.ts';

const linux: StepFacts = {
  operatingSystem: 'linux',
  collector: null,
  headerBytesOf: () => 16,
  isForDebuggers: true,
};
const windows: StepFacts = { ...linux, operatingSystem: 'windows' };

function commands(steps: readonly NextStep[], tool: NextStepTool): string {
  return steps
    .filter((step) => step.tool === tool)
    .flatMap((step) => step.commands)
    .join('\n');
}

/** The first class, as one of that allocator. */
function withAllocator(report: LeakReport, allocator: string): LeakReport {
  const [first, ...others] = report.allocations;
  return { ...report, allocations: [{ ...first!, allocator }, ...others] };
}

describe('each suspect is shown in the debuggers that open the dump', () => {
  const elf = withAllocator(sampleReport('leak'), 'glibc-malloc');
  const dumps = elf.dumps.map((dump) => ({ ...dump, format: 'minidump', path: 'a.dmp' }));
  const minidump = { ...elf, dumps };

  test('gdb', () => {
    const shown = commands(nextSteps(elf, linux), 'gdb');
    expect(shown).toContain('gdb serviced serviced-3.core\n');
    expect(shown).toContain('x/16gx 0x550000001010\n');
    expect(shown).toContain('p/d *(unsigned long *)0x550000001018 & ~7\n');
    expect(shown).toMatch(/find \/g 0x550000000000, 0x[0-9a-f]+, 0x550000001020$/m);
  });

  test('none where the last dump is a part that debuggers refuse', () => {
    const steps = nextSteps(elf, { ...linux, isForDebuggers: false });
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.filter(({ allocation, tool }) => allocation !== null && tool !== 'shell')).toEqual([]);
  });

  test('lldb and chap', () => {
    const steps = nextSteps(elf, linux);
    expect(commands(steps, 'lldb')).toContain('memory read --format x --size 8 --count 16 0x550000001010');
    expect(commands(steps, 'chap')).toContain('list used /minsize 10008 /maxsize 10008\ndescribe 550000001020');
  });

  test('WinDbg', () => {
    const shown = commands(nextSteps(withAllocator(minidump, 'nt-heap'), windows), 'windbg');
    expect(shown).toMatch(/^!heap -s\n!heap -flt r fff9 10008\n!heap -x 0x550000001020\n/);
    expect(shown).toContain('dps 0x550000001020 L10\n');
    expect(shown).toContain('s -q 0 L?7fffffffffff 0x550000001020');
  });

  test('WinDbg does not know the heaps of other allocators', () => {
    expect(commands(nextSteps(withAllocator(minidump, 'wine-heap'), windows), 'windbg')).not.toContain('!heap');
  });

  test('a packed dump is unpacked first', () => {
    const packed = { ...elf, dumps: [reportDump({ path: '3.core.zst' })] };
    expect(commands(nextSteps(packed, linux), 'gdb')).toMatch(/^zstd -dk 3\.core\.zst\ngdb serviced 3\.core\n/);
  });
});

test('names that a shell could take for commands are not put into any', () => {
  const names = ['$(reboot)', '; reboot', '-ex!reboot', 'a b', '`x`', '../../x', '\u202ecore', '\n', 'x\ny'];
  for (const name of names) {
    const dumps = sampleReport().dumps.map((dump) => ({ ...dump, path: name, processName: name }));
    for (const status of ['leak', 'growth'] as const) {
      const steps = nextSteps({ ...sampleReport(status), dumps }, linux);
      for (const command of steps.flatMap((step) => step.commands)) expect(command).not.toContain(name);
    }
  }
});

function because(status: 'growth' | 'inconclusive', code: string, dumps = 3): LeakReport {
  const report = sampleReport(status);
  const reasons = [{ code, text: '' }];
  return { ...report, dumps: report.dumps.slice(0, dumps), verdict: { ...report.verdict, reasons } };
}

describe('where more threads wait', () => {
  const alone = (report: LeakReport): LeakReport => ({ ...report, verdict: { ...report.verdict, suspects: [] } });
  const elf = alone(because('growth', 'more-threads'));
  const minidump = { ...elf, dumps: elf.dumps.map((dump) => ({ ...dump, format: 'minidump', path: 'a.dmp' })) };

  test('gdb tells of ELF cores, WinDbg of minidumps of Windows, lldb of others', () => {
    expect(commands(nextSteps(elf, linux), 'gdb')).toMatch(/^gdb serviced serviced-3\.core\nthread apply all /);
    expect(commands(nextSteps(minidump, windows), 'windbg')).toBe('!uniqstack');
    expect(commands(nextSteps(minidump, linux), 'windbg')).toBe('');
    expect(commands(nextSteps(minidump, linux), 'lldb')).toBe('lldb --core a.dmp\nbt all');
  });

  test('is not told where no debugger opens the dump, or threads are no reason', () => {
    expect(commands(nextSteps(elf, { ...linux, isForDebuggers: false }), 'gdb')).toBe('');
    expect(commands(nextSteps(alone(because('growth', 'retention')), linux), 'gdb')).toBe('');
  });
});

describe('what to capture next', () => {
  const shell = (report: LeakReport, facts = linux) => commands(nextSteps(report, facts), 'shell');

  test('a third dump', () => {
    expect(shell(because('growth', 'only-two-dumps', 2))).toContain('leakviz capture 4711 -o dump-3.core\n');
    expect(shell(because('growth', 'only-two-dumps', 2), windows)).toContain('procdump -ma 4711 dump-3.dmp\n');
  });

  test('full dumps', () => {
    expect(shell(because('inconclusive', 'too-little-captured'))).toMatch(/^leakviz capture 4711 -o dump-1\.core$/m);
    expect(shell(because('inconclusive', 'too-little-captured'), windows)).toContain('procdump -ma 4711');
  });

  test.each([
    ['the Java virtual machine', 'jcmd 4711 GC.run'],
    ['V8', '--expose-gc'],
    ['.NET', 'dotnet-gcdump collect --process-id 4711'],
    ['the Go runtime', 'runtime.GC()'],
  ])('one after a collection of %s', (collector, command) => {
    expect(shell(because('inconclusive', 'collector'), { ...linux, collector })).toContain(command);
  });

  test('the caller of a leak', () => {
    expect(shell(sampleReport('leak'))).toContain('memleak-bpfcc -p 4711 -z 65529 -Z 65544 30');
    expect(shell(sampleReport('leak'), windows)).toContain('gflags /i serviced.exe +ust');
  });

  test('nothing where nothing grows', () => {
    expect(nextSteps(sampleReport('none'), linux)).toEqual([]);
  });
});
