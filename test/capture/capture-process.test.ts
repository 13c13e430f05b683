import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { type CaptureOptions, type CaptureTrace, captureProcess } from '../../src/capture/capture-process.ts';
import type { CoreSink } from '../../src/capture/copy-memory.ts';
import { openMemory } from '../../src/memory/dump-memory.ts';
import type { Memory } from '../../src/memory/memory.ts';
import type { Dump } from '../../src/model/dump.ts';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { openDumps } from '../../src/open-dumps.ts';
import { temporaryFolder } from '../cli/run-cli.ts';
import { openDump } from '../formats/open-dump.ts';
import { reportOf } from '../synth/report-of.ts';
import { isStopped, obstacle, startTarget, statesOf, type Target } from './target.ts';

const options: CaptureOptions = {
  writer: 'test',
  selection: 'written',
  pauses: true,
  signal: new AbortController().signal,
};

/** Keeps the core in memory. */
function memorySink() {
  const chunks: Uint8Array[] = [];
  const sink: CoreSink = {
    write: (bytes) => void chunks.push(bytes.slice()),
    skip: (count) => void chunks.push(new Uint8Array(count)),
  };
  return { sink, bytes: () => Buffer.concat(chunks) };
}

async function capture(target: Target, changed: Partial<CaptureOptions> = {}) {
  const { sink, bytes } = memorySink();
  const result = await captureProcess(target.id, sink, { ...options, ...changed });
  const source = memorySource(bytes());
  const dump = openDump(source);
  return { result, dump, memory: openMemory(dump, source), bytes: bytes() };
}

function extentsOf({ captured }: Dump) {
  return captured.map(({ start, size }) => ({ start, size }));
}

function contents(memory: Memory, start: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  expect(memory.read(start, bytes)).toBe(size);
  return bytes;
}

/** Bytes in pages that are not zero: what is left where files may have holes. */
function packedSize(core: Uint8Array): number {
  let size = 0;
  for (let at = 0; at < core.length; at += 4096)
    if (core.subarray(at, at + 4096).some((byte) => byte !== 0)) size += 4096;
  return size;
}

/** A sink that never takes the first bytes: the process stands still until someone gives up. */
function stuckSink() {
  let reached: () => void = () => undefined;
  const isReached = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const sink: CoreSink = {
    write() {
      reached();
      return new Promise(() => undefined);
    },
    skip: () => undefined,
  };
  return { sink, isReached };
}

describe.skipIf(obstacle !== undefined)(`capture of a live process (${obstacle ?? 'here'})`, () => {
  test('holds what the process holds, and says when it was taken', async () => {
    const target = await startTarget();
    const before = Date.now();
    const { result, dump, memory } = await capture(target);
    const { words, written, sparse } = target.places;
    for (let index = 0; index < 64; index++) expect(memory.u32(words + 8 * index)).toBe(0x55667788 + index);
    expect(memory.u32(written)).toBe(0x5157a71c);
    expect(memory.u32(written + 800)).toBe(0xc0ffee);
    expect(memory.u32(sparse + (5 << 20))).toBe(42);
    expect(dump).toMatchObject({ processId: target.id, processName: 'target', operatingSystem: 'linux', warnings: [] });
    expect(dump.capturedAt!.getTime()).toBeGreaterThanOrEqual(before);
    expect(dump.capturedAt!.getTime()).toBeLessThanOrEqual(Date.now());
    expect(dump.capturedAt).toEqual(result.capturedAt);
    expect(result).toMatchObject({ standstill: 'paused', unreadBytes: 0, ranMeanwhile: false });
    expect(result.pausedMs).toBeGreaterThan(0);
  });

  test('never touched memory is zero, and was not read', async () => {
    const target = await startTarget();
    const { result, memory } = await capture(target);
    expect(memory.u32(target.places.sparse)).toBe(0);
    expect(memory.u32(target.places.sparse + (15 << 20))).toBe(0);
    expect(result.readBytes).toBeLessThan(4 << 20);
    expect(result.mappedBytes).toBeGreaterThan(16 << 20);
  });

  test('a mapping is one region, however many segments hold it', async () => {
    const target = await startTarget();
    const { dump } = await capture(target);
    const maps = readFileSync(`/proc/${target.id}/maps`, 'utf8').trim().split('\n');
    const accessible = maps.filter((row) => !row.includes('---'));
    expect(dump.regions).toHaveLength(accessible.length);
    const { sparse } = target.places;
    // Neighbours with the same rights are one mapping to the kernel.
    expect(dump.regions.some(({ start, end }) => start <= sparse && end >= sparse + (16 << 20))).toBe(true);
  });

  test('leaves out what only reserves addresses, what the program excludes, and files as they are on disk', async () => {
    const target = await startTarget();
    const { dump, memory } = await capture(target);
    const { reserved, hidden, shared } = target.places;
    expect(dump.regions.some(({ start, end }) => start <= reserved && reserved < end)).toBe(false);
    expect(memory.u32(hidden)).toBeUndefined();
    expect(memory.u32(shared + 4096)).toBe(0x07070707);
    // Another process might have written there.
    expect(memory.u32(shared)).toBeUndefined();
    const code = dump.regions.find(({ executable, name }) => executable && name.endsWith('target'))!;
    expect(memory.u32(code.start)).toBeUndefined();
    const header = dump.modules.find(({ path }) => path.endsWith('target'))!;
    expect(memory.u32(header.start)).toBe(0x464c457f);
  });

  test('all takes mapped files and what the program excludes; heap only leaves out stacks and shared memory', async () => {
    const target = await startTarget();
    const { hidden, shared, words, written } = target.places;
    const all = await capture(target, { selection: 'all' });
    expect(all.memory.u32(hidden)).toBe(0x09090909);
    const code = all.dump.regions.find(({ executable, name }) => executable && name.endsWith('target'))!;
    expect(all.memory.u32(code.start)).toBeDefined();
    const heap = await capture(target, { selection: 'heap' });
    expect(heap.memory.u32(words)).toBe(0x55667788);
    expect(heap.memory.u32(written)).toBe(0x5157a71c);
    expect(heap.memory.u32(shared + 4096)).toBeUndefined();
    const stack = heap.dump.regions.find(({ kind }) => kind === 'stack')!;
    expect(heap.memory.u32(stack.end - 8)).toBeUndefined();
  });

  test('threads have their stack pointers, and stacks their names', async () => {
    const target = await startTarget();
    await target.ask('threads 3');
    const { dump } = await capture(target);
    expect(dump.threads).toHaveLength(4);
    expect(dump.threads[0]!.id).toBe(target.id);
    for (const { stackPointer } of dump.threads) {
      const region = dump.regions.find(({ start, end }) => start <= stackPointer! && stackPointer! < end);
      expect(region?.kind).toBe('stack');
    }
  });

  test('a series that stores changes says the same as one of whole cores', async () => {
    const target = await startTarget();
    const folder = temporaryFolder();
    const names = { whole: [] as string[], incremental: [] as string[] };
    const stored: number[] = [];
    let base: CaptureTrace | undefined;
    await target.ask('grow 500 3000');
    for (const index of [0, 1, 2]) {
      // Both are taken of the same moment.
      target.child.kill('SIGSTOP');
      while (!isStopped(target.id)) await setTimeout(5);
      for (const kind of ['whole', 'incremental'] as const) {
        const file = `${kind}.${index}.core`;
        const { sink, bytes } = memorySink();
        const result = await captureProcess(
          target.id,
          sink,
          kind === 'whole' ? options : { ...options, series: { base } },
        );
        writeFileSync(join(folder, file), bytes());
        names[kind].push(join(folder, file));
        if (result.trace === undefined) continue;
        base = { ...result.trace, file };
        expect(result.trace.size).toBe(bytes().length);
        stored.push(packedSize(bytes()));
      }
      target.child.kill('SIGCONT');
      await target.ask('grow 400 3000');
    }
    // 400 blocks are 1.2 MB of pages; the first core also has what was there before.
    expect(stored[1]).toBeLessThan(stored[0]! * 0.9);
    const series = [await openDumps(names.whole), await openDumps(names.incremental)] as const;
    for (const [index, { memory }] of series[0].entries()) {
      const other = series[1][index]!.memory;
      expect(other.dump.regions).toEqual(memory.dump.regions);
      expect(extentsOf(other.dump)).toEqual(extentsOf(memory.dump));
      expect(other.dump.warnings).toEqual([]);
      for (const { start, size } of memory.dump.captured) {
        expect(Buffer.compare(contents(other, start, size), contents(memory, start, size))).toBe(0);
      }
    }
    for (const dump of series.flat()) dump.close();
    const reports = await Promise.all(
      [names.whole, names.incremental].map((paths) => reportOf(paths, { interval: 60_000 })),
    );
    const [whole, incremental] = reports as [LeakReport, LeakReport];
    const hasDebugger = ({ nextSteps }: LeakReport) => nextSteps.some(({ tool }) => tool === 'gdb');
    expect(reports.map(hasDebugger)).toEqual([true, false]);
    expect(whole.allocations[0]).toMatchObject({ strideBytes: 3008, counts: [500, 900, 1300] });
    for (const part of ['verdict', 'allocations', 'growth', 'regions'] as const)
      expect(incremental[part]).toEqual(whole[part]);
  });

  test('the process goes on afterwards', async () => {
    const target = await startTarget();
    await target.ask('threads 2');
    await capture(target);
    expect(statesOf(target.id)).not.toContain('T');
    await target.ask('done');
  });

  test('a process that was stopped stays stopped', async () => {
    const target = await startTarget();
    target.child.kill('SIGSTOP');
    while (!isStopped(target.id)) await setTimeout(5);
    const { result } = await capture(target);
    expect(result).toMatchObject({ standstill: 'stopped-before', pausedMs: null });
    expect(isStopped(target.id)).toBe(true);
  });

  test('without a pause it never stops, and the dump says so', async () => {
    const target = await startTarget();
    const seen: string[] = [];
    const { sink, bytes } = memorySink();
    const watched: CoreSink = {
      write(chunk) {
        seen.push(...statesOf(target.id));
        return sink.write(chunk);
      },
      skip: sink.skip,
    };
    const result = await captureProcess(target.id, watched, { ...options, pauses: false });
    expect(result).toMatchObject({ standstill: 'none', pausedMs: null });
    expect(seen).not.toContain('T');
    const { warnings } = openDump(memorySource(bytes()));
    expect(warnings.map(({ code }) => code)).toEqual(['taken-while-running']);
  });

  test('a sink that fails lets the process go on', async () => {
    const target = await startTarget();
    const failing: CoreSink = {
      write() {
        expect(isStopped(target.id)).toBe(true);
        throw new Error('full');
      },
      skip: () => undefined,
    };
    await expect(captureProcess(target.id, failing, options)).rejects.toThrow('full');
    expect(statesOf(target.id)).not.toContain('T');
  });

  test('an interruption lets the process go on', async () => {
    const target = await startTarget();
    await target.ask('grow 3000 8192');
    const interruption = new AbortController();
    const slow: CoreSink = {
      async write() {
        interruption.abort(new Error('interrupted'));
        await setTimeout(50);
      },
      skip: () => undefined,
    };
    const captured = captureProcess(target.id, slow, { ...options, signal: interruption.signal });
    await expect(captured).rejects.toThrow('interrupted');
    expect(statesOf(target.id)).not.toContain('T');
  });

  test('what undoes the pause is told before anything is written', async () => {
    const target = await startTarget();
    const undoings: (() => void)[] = [];
    const { sink, isReached } = stuckSink();
    void captureProcess(target.id, sink, { ...options, onFreeze: (undo) => undoings.push(undo) });
    await isReached;
    expect(isStopped(target.id)).toBe(true);
    for (const undo of undoings) undo();
    expect(statesOf(target.id)).not.toContain('T');
  });

  test('a process that ends meanwhile is an error', async () => {
    const target = await startTarget();
    const killing: CoreSink = {
      async write() {
        target.child.kill('SIGKILL');
        await once(target.child, 'exit').catch(() => undefined);
      },
      skip: () => undefined,
    };
    await expect(captureProcess(target.id, killing, options)).rejects.toThrow(/process \d+: (it ended|there is no)/);
  });

  test.skipIf(spawnSync('gdb', ['--version']).status !== 0)('gdb opens it (skipped without gdb)', async () => {
    const target = await startTarget();
    await target.ask('threads 2');
    const { bytes } = await capture(target);
    const core = join(temporaryFolder(), 'a.core');
    writeFileSync(core, bytes);
    const words = `x/2gx ${target.places.words}`;
    const program = `/proc/${target.id}/exe`;
    const commands = ['info threads', words, 'info auxv', 'thread 1', 'backtrace'].flatMap((one) => ['-ex', one]);
    const { stdout, stderr } = spawnSync('gdb', ['-batch', '-nx', ...commands, program, core], { encoding: 'utf8' });
    expect(stdout.match(/LWP \d+\)/g)!.length).toBeGreaterThanOrEqual(3);
    expect(stdout).toContain('0x1122334455667788\t0x1122334455667789');
    expect(stdout).toMatch(/AT_PAGESZ .* 4096/);
    expect(stdout).toMatch(/#\d+ .* in main \(/);
    expect(stderr).not.toMatch(/warning: .*(core|truncated|corrupt)/i);
  });
});

test.skipIf(process.platform !== 'linux')(
  'a process that is not there, or cannot be captured, is told as such',
  async () => {
    const run = (id: number) => captureProcess(id, memorySink().sink, options);
    await expect(run(2 ** 22 + 1)).rejects.toThrow('there is no such process');
    await expect(run(process.pid)).rejects.toThrow('that is leakviz itself');
  },
);
