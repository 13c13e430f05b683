// Makes docs/gallery.md and its pictures anew: runs the programs, dumps them, compares the dumps, copies what is shown.
// Needs gcc, gdb (gcore) and python3.
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { dumpProcess, stop, within } from '../accuracy/processes.ts';
import { systemPython } from '../accuracy/tools.ts';
import { type GalleryCase, galleryCases } from './cases.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const programs = fileURLToPath(new URL('programs', import.meta.url));
const pictures = join(root, 'docs', 'images', 'gallery');
const mostPictureBytes = 150 * 1024;

function commandOf(file: string, folder: string): { readonly command: string; readonly args: readonly string[] } {
  const source = join(programs, file);
  if (file.endsWith('.py')) return { command: systemPython(), args: [source] };
  if (file.endsWith('.mjs')) return { command: process.execPath, args: ['--expose-gc', source] };
  const command = join(folder, file.replace(/\.c$/, ''));
  execFileSync('gcc', ['-O2', '-s', '-pthread', '-o', command, source]);
  return { command, args: [] };
}

/** Dumps a program after each of its steps. */
async function dumpSteps(file: string, dumps: number, folder: string): Promise<string[]> {
  const { command, args } = commandOf(file, folder);
  // Without an environment: it would end up in the dumps.
  const child = spawn(command, args, { cwd: folder, env: {}, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const paths: string[] = [];
  try {
    for (let step = 1; step <= dumps; step++) {
      await within(lines.next(), `step ${step} of ${file}`);
      paths.push(await dumpProcess(child.pid!, join(folder, `${step}`)));
      child.stdin.write('\n');
    }
  } finally {
    await stop(child);
  }
  return paths;
}

async function makeCase(one: GalleryCase, scratch: string): Promise<void> {
  const folder = join(scratch, one.id);
  mkdirSync(folder, { recursive: true });
  const dumps =
    one.source.kind === 'sample'
      ? [join(root, 'samples', one.id)]
      : await dumpSteps(one.source.file, one.source.dumps, folder);
  const report = join(folder, 'report');
  const times = one.source.kind === 'sample' ? [] : ['--interval', '1min'];
  execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), 'diff', ...dumps, '-o', report, '-q', ...times], {
    stdio: 'inherit',
  });
  for (const { picture } of one.shown) {
    const target = join(pictures, `${one.id}-${picture}.png`);
    copyFileSync(join(report, 'pictures', `${picture}.png`), target);
    const { size } = statSync(target);
    if (size > mostPictureBytes) throw new Error(`${target} takes ${size} bytes; show a smaller one`);
  }
}

function section(one: GalleryCase): string {
  const recipe =
    one.source.kind === 'sample'
      ? `Dumps: [samples/${one.id}](../samples/${one.id}).`
      : `Program: [${one.source.file}](../test/gallery/programs/${one.source.file}).`;
  const shown = one.shown.map(
    ({ picture, see }) => `![${one.title}: ${picture}](images/gallery/${one.id}-${picture}.png)\n\n${see}`,
  );
  return [`## ${one.title}`, `${one.what} ${recipe}`, ...shown].join('\n\n');
}

function page(): string {
  const intro = [
    '# Gallery',
    'Pictures of real leaks, as `leakviz diff` draws them: three of them those of the article that leakviz comes from, the others of small programs. Below each, what to see.',
    'Made by `npm run gallery`, which runs the programs, dumps them and compares the dumps; addresses differ from run to run.',
  ];
  return `${[...intro, ...galleryCases.map(section)].join('\n\n')}\n`;
}

const wanted = process.argv.slice(2);
const chosen = wanted.length === 0 ? galleryCases : galleryCases.filter(({ id }) => wanted.includes(id));
const scratch = mkdtempSync(join(tmpdir(), 'leakviz-gallery-'));
mkdirSync(pictures, { recursive: true });
try {
  for (const one of chosen) {
    console.log(one.id);
    await makeCase(one, scratch);
  }
  const names = new Set(galleryCases.flatMap(({ id, shown }) => shown.map(({ picture }) => `${id}-${picture}.png`)));
  for (const name of readdirSync(pictures)) if (!names.has(name)) rmSync(join(pictures, name));
  writeFileSync(join(root, 'docs', 'gallery.md'), page());
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
