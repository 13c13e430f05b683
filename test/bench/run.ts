// Entry of the speed benchmark: tsx test/bench/run.ts [--size 32M,1G] [--content dense,mixed,zero]
// [--format elf,minidump,raw] [--packed gz,zst,xz,lz4] [--regions N] [--runs N] [--folder DIR] [--of FILE FILE FILE]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, freemem, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseSize } from '../../src/cli/parse-quantity.ts';
import { type Content, contents, dumpCount, type Format, formats, makeDumps, regionStart } from './make-dumps.ts';
import { makeRegionDumps } from './make-region-dumps.ts';
import { mainFile, median, type OwnFigures, ownFigures, type Run, runInTurn } from './measure.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** Of each of three dumps. `cache` is the largest of which three fit the page cache. */
    size: { type: 'string', default: '32M,1G,cache' },
    content: { type: 'string', default: contents.join() },
    /** Other formats are measured with mixed content of the first size only. */
    format: { type: 'string', default: formats.join() },
    /** The same of packed files, next to the packer's own program. */
    packed: { type: 'string', default: 'zst' },
    /** Instead: dumps of so many regions of a page each. */
    regions: { type: 'string' },
    runs: { type: 'string', default: '5' },
    folder: { type: 'string', default: tmpdir() },
    /** Measures these dumps instead of made ones; the arguments are their paths. */
    of: { type: 'boolean', default: false },
  },
});

/** Programs that unpack to stdout, and pack in place. */
const packers: Readonly<Record<string, { readonly pack: readonly string[]; readonly unpack: readonly string[] }>> = {
  gz: { pack: ['gzip', '-1', '-k', '-f'], unpack: ['gzip', '-dc'] },
  zst: { pack: ['zstd', '-q', '-3', '-f'], unpack: ['zstd', '-dc'] },
  xz: { pack: ['xz', '-0', '-T2', '-k', '-f'], unpack: ['xz', '-dc'] },
  lz4: { pack: ['lz4', '-q', '-k', '-m', '-f'], unpack: ['lz4', '-dcm'] },
};

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
const runs = Number(values.runs);
const folder = mkdtempSync(join(values.folder, 'leakviz-bench-'));
try {
  await bench();
} catch (error) {
  if (!interruption.signal.aborted) throw error;
  process.exitCode = 130;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;
  console.log(
    `${availableParallelism()} processors, ${gigabytes(totalmem())} of memory, ${process.platform} ${process.arch}, Node.js ${process.version}; medians of ${runs} runs\n`,
  );
  await measureStart();
  printHead();
  if (values.of) {
    await measure('given', positionals, [], ['cat']);
    return;
  }
  if (values.regions !== undefined) {
    for (const count of values.regions.split(',')) await measureRegions(Number(count));
    return;
  }
  const wanted = values.content.split(',') as Content[];
  for (const [index, size] of values.size.split(',').entries()) {
    const bytes = bytesOf(size);
    for (const content of wanted) await measureMade({ content, format: 'elf', bytes }, []);
    if (index > 0) continue;
    for (const format of values.format.split(',') as Format[]) {
      if (format !== 'elf') await measureMade({ content: 'mixed', format, bytes }, []);
    }
    const packed = values.packed.split(',').filter((one) => one in packers);
    await measureMade({ content: 'mixed', format: 'elf', bytes }, packed);
  }
}

/** Three dumps have to lie in memory, with room for the page cache to work and for leakviz. */
function bytesOf(size: string): number {
  const bytes = size === 'cache' ? Math.min(freemem() * 0.6, totalmem() * 0.5) / dumpCount : parseSize('--size', size);
  return Math.floor(bytes / 2 ** 20) * 2 ** 20;
}

async function measureStart(): Promise<void> {
  const commands = [
    [process.execPath, '-e', '0'],
    [process.execPath, mainFile, '--version'],
  ];
  const [node, version] = (await runInTurn(commands, runs * 3, interruption.signal)).map(wallOf);
  console.log(
    `\`node -e 0\` ${node!.toFixed(3)} s, \`leakviz --version\` ${version!.toFixed(3)} s: ${ratio(version!, node!)}\n`,
  );
}

interface Made {
  readonly content: Content;
  readonly format: Format;
  readonly bytes: number;
}

/** Measures the files as they are, or as each of the packers leaves them. */
async function measureMade(made: Made, packed: readonly string[]): Promise<void> {
  const paths = makeDumps(folder, made);
  const options = made.format === 'raw' ? ['--base', regionStart.toString(16)] : [];
  const name = `${made.content}, ${made.format}`;
  if (packed.length === 0) await measure(name, paths, options, ['cat']);
  for (const one of packed) {
    const { pack, unpack } = packers[one]!;
    execFileSync(pack[0]!, [...pack.slice(1), ...paths], { stdio: 'ignore' });
    const files = paths.map((path) => `${path}.${one}`);
    await measure(`${name}, ${one}`, files, [...options, '--temp-dir', folder], unpack);
    for (const file of files) rmSync(file);
  }
  for (const path of paths) rmSync(path, { force: true });
}

async function measureRegions(regions: number): Promise<void> {
  for (const format of ['elf', 'minidump'] as const) {
    const paths = makeRegionDumps(folder, { format, regions });
    await measure(`${regions} regions, ${format}`, paths, [], ['cat']);
    for (const path of paths) rmSync(path);
  }
}

function printHead(): void {
  const columns = [
    'dumps',
    'size',
    '`cat`, s',
    'analysis, s',
    'to `cat`',
    'CPU, s',
    'peak',
    'all, s',
    'more, s',
    'peak',
    'where the time goes, s',
  ];
  console.log(`| ${columns.join(' | ')} |`);
  console.log(
    `| ${columns.map((_, index) => (index === 0 || index === columns.length - 1 ? '---' : '---:')).join(' | ')} |`,
  );
}

/** `reader` reads the same files to nowhere, in the same round of runs. */
async function measure(
  name: string,
  files: readonly string[],
  options: readonly string[],
  reader: readonly string[],
): Promise<void> {
  const out = join(folder, 'report');
  const diff = [process.execPath, mainFile, 'diff', ...files, ...options, '-v', '-q', '-o', out];
  const commands = [[...reader, ...files], [...diff, '--no-pictures', '--report', 'json'], diff];
  const [cat, analysis, all] = await runInTurn(commands, runs, interruption.signal);
  rmSync(out, { recursive: true, force: true });
  const size = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const [read, analysed, drawn] = [cat!, analysis!, all!].map(wallOf) as [number, number, number];
  const [own, ownAll] = [analysis!, all!].map((of) => figuresOfMedian(of)) as [OwnFigures, OwnFigures];
  const phases = [...ownAll.phases].map(([phase, seconds]) => `${phase} ${seconds.toFixed(2)}`);
  const cells = [
    name,
    `${(size / 2 ** 20).toFixed(0)} MB`,
    read.toFixed(2),
    analysed.toFixed(2),
    ratio(analysed, read),
    own.cpu.toFixed(2),
    own.peak,
    drawn.toFixed(2),
    (drawn - analysed).toFixed(2),
    ownAll.peak,
    phases.join(', '),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

function wallOf(of: readonly Run[]): number {
  return median(of.map(({ wall }) => wall));
}

/** Of the run in the middle, so that its phases add up. */
function figuresOfMedian(of: readonly Run[]): OwnFigures {
  const sorted = [...of].sort((a, b) => a.wall - b.wall);
  return ownFigures(sorted[sorted.length >> 1]!.told);
}

function ratio(one: number, other: number): string {
  return `${(one / other).toFixed(1)} ×`;
}
