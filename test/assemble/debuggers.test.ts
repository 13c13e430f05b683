/** The commands of the reports, typed into real debuggers: on the shipped samples, and on cores of a live process. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ZSTDDecoder } from 'zstddec';
import { allocators } from '../../src/allocators/index.ts';
import { buildReport } from '../../src/assemble/build-report.ts';
import { diffDumps } from '../../src/diff-dumps.ts';
import type { LeakReport, NextStep, ReportAllocation } from '../../src/model/leak-report.ts';
import { openDumps } from '../../src/open-dumps.ts';
import { sampleDumps } from '../cli/run-cli.ts';

type Debugger = 'gdb' | 'lldb';
const debuggers: readonly Debugger[] = ['gdb', 'lldb'];
const has = (program: string) => existsSync(`/usr/bin/${program}`);

interface Shown {
  readonly suspect: ReportAllocation;
  readonly step: NextStep;
  /** All that the debugger said. */
  readonly output: string;
}

/** Types a suspect's commands as they stand: the shell's into a shell, the others at the debugger's prompt. */
function typed(report: LeakReport, tool: Debugger, folder: string): Shown {
  const [suspect] = report.verdict.suspects.map((id) => report.allocations.find((one) => one.id === id)!);
  const step = report.nextSteps.find((one) => one.tool === tool && one.allocation === suspect!.id)!;
  const at = step.commands.findIndex((command) => command.startsWith(`${tool} `));
  const { stdout, stderr } = spawnSync('bash', ['-c', step.commands.slice(0, at + 1).join(' && ')], {
    cwd: folder,
    input: `${step.commands.slice(at + 1).join('\n')}\nquit\n`,
    encoding: 'utf8',
    timeout: 100_000,
  });
  return { suspect: suspect!, step, output: stdout + stderr };
}

async function reportOf(paths: readonly string[]): Promise<LeakReport> {
  const dumps = await openDumps(paths, {});
  const result = await diffDumps(dumps, { allocators, withCells: false, bytesPerCell: undefined });
  const report = buildReport(result, { allocators, version: '0', fullPaths: false });
  for (const dump of dumps) dump.close();
  return report;
}

/** The first words of the sample block, as the debugger shows them. */
function wordsAt({ suspect, output }: Shown): string[] {
  const block = BigInt(suspect.sampleAddresses[0]!);
  const lines = new Map(
    [...output.matchAll(/^(?:\(\w+\) )?(0x[0-9a-f]+):((?:\s+0x[0-9a-f]{16})+)\s*$/gm)].map(
      ([, at, words]) => [BigInt(at!), words!.trim().split(/\s+/)] as const,
    ),
  );
  return [0n, 16n, 32n, 48n, 64n, 80n, 96n, 112n].flatMap((offset) => lines.get(block + offset) ?? []);
}

const mistakes =
  /error:|Undefined command|No symbol "|Cannot access|Junk at|A syntax error|is not a valid|Unable to access/;

for (const tool of debuggers.filter((one) => !has(one))) {
  test.skip(`the commands for ${tool} are not tried: apt-get install -y ${tool}`, () => {});
}

describe.each(debuggers.filter(has))('%s, on a sample', (tool) => {
  test.each(['linux-255', 'linux-65535'])('%s', { timeout: 200_000 }, async (sample) => {
    const folder = mkdtempSync(join(tmpdir(), 'leakviz-debugger-'));
    const paths = sampleDumps(sample);
    const report = await reportOf(paths);
    const decoder = new ZSTDDecoder();
    await decoder.init();
    // The program `zstd` need not be there; the name is that of the unpacked file.
    const unpacked = basename(paths.at(-1)!, '.zst');
    writeFileSync(join(folder, unpacked), decoder.decode(readFileSync(paths.at(-1)!)));
    const plain = { ...report, nextSteps: report.nextSteps.map(withoutUnpacking) };
    const shown = typed(plain, tool, folder);
    rmSync(folder, { recursive: true, force: true });
    expect(shown.output).not.toMatch(mistakes);
    const size = Number(BigInt(wordsAt(shown)[1]!) & ~7n);
    expect(size).toBe(shown.suspect.strideBytes);
    if (tool === 'gdb') expect(shown.output).toContain(`$1 = ${shown.suspect.strideBytes}\n`);
    expect(shown.output).toMatch(/Pattern not found|\d+ patterns? found|data (not )?found/);
  });
});

function withoutUnpacking(step: NextStep): NextStep {
  return { ...step, commands: step.commands.filter((command) => !command.startsWith('zstd ')) };
}

const needed = ['gcc', 'gdb', 'gcore'];
const canCapture = needed.every(has);
if (!canCapture) test.skip(`cores of a live process need ${needed.join(', ')}`, () => {});

describe.skipIf(!canCapture)('on cores of a live process', { timeout: 200_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'leakviz-live-'));
  let report: LeakReport;

  beforeAll(async () => {
    const program = join(folder, 'sessions');
    const source = fileURLToPath(new URL('../gallery/programs/sessions.c', import.meta.url));
    execFileSync('gcc', ['-O1', '-o', program, source]);
    const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'], cwd: folder });
    const paths: string[] = [];
    try {
      for (let number = 1; number <= 3; number++) {
        await once(child.stdout, 'data');
        execFileSync('gcore', ['-o', join(folder, `core-${number}`), String(child.pid)], { stdio: 'ignore' });
        paths.push(join(folder, `core-${number}.${child.pid}`));
        child.stdin.write('\n');
      }
    } finally {
      child.kill();
    }
    report = await reportOf(paths);
  }, 200_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(debuggers.filter(has))('%s shows the block, names its function and finds who points to it', (tool) => {
    const shown = typed(report, tool, folder);
    expect(shown.output).not.toMatch(mistakes);
    const words = wordsAt(shown);
    expect(Number(BigInt(words[1]!) & ~7n)).toBe(shown.suspect.strideBytes);
    const field = shown.suspect.fields.find(({ kind }) => kind === 'module-pointer');
    expect(field?.offset).toBe(24);
    if (tool === 'gdb') {
      expect(shown.output).toContain(`$1 = ${shown.suspect.strideBytes}\n`);
      expect(shown.output).toMatch(/describe in section \.text/);
      expect(shown.output).toMatch(/\d+ patterns? found/);
    } else {
      expect(shown.output).toMatch(/data found at location/);
    }
    // What points to the block is the next session's first word: a place in the heap, not the block itself.
    const [, found] = /(?:\(gdb\) |location: )(0x[0-9a-f]+)\n/.exec(shown.output)!;
    expect(BigInt(found!)).not.toBe(BigInt(shown.suspect.sampleAddresses[0]!));
  });
});
