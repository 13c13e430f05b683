import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/**
 * Each layer, a folder of src/ or a file in it, and the layers it may import; none but these. Read upward: nothing
 * imports what stands below it.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  text: [],
  model: [],
  bytes: ['errors'],
  draw: ['errors'],
  memory: ['bytes', 'model'],
  formats: ['errors', 'bytes', 'model'],
  allocators: ['memory', 'model'],
  scan: ['memory', 'model'],
  compare: ['allocators', 'memory', 'model', 'scan'],
  detect: ['allocators', 'memory', 'model', 'scan'],
  'open-dumps': ['errors', 'bytes', 'formats', 'memory', 'model'],
  'diff-dumps': ['allocators', 'compare', 'detect', 'memory', 'model', 'scan'],
  inspect: ['allocators', 'compare', 'detect', 'memory', 'model', 'scan'],
  // They see the report, tracks, cells and memory; never how these were found.
  pictures: ['draw', 'memory', 'model'],
  reports: ['inspect', 'model', 'text'],
  assemble: ['allocators', 'compare', 'detect', 'diff-dumps', 'memory', 'model', 'text'],
  index: ['allocators', 'assemble', 'diff-dumps', 'errors', 'formats', 'memory', 'model', 'open-dumps', 'reports'],
  cli: [
    'allocators',
    'assemble',
    'bytes',
    'diff-dumps',
    'draw',
    'errors',
    'formats',
    'inspect',
    'memory',
    'model',
    'open-dumps',
    'pictures',
    'reports',
    'text',
  ],
};

/** Layers that may use the file system or other parts of Node; the others would run in a browser. */
const mayUseNode = ['bytes', 'cli', 'open-dumps'];
/** Only these may know of the process: arguments, environment, terminal, exit. */
const mayUseProcess = ['cli'];
/** Each package has one place. */
const placeOfPackage: Readonly<Record<string, string>> = {
  'cli-progress': 'cli',
  pngjs: 'draw',
  tinyglobby: 'cli',
  'xz-decompress': 'bytes',
  yargs: 'cli',
  zstddec: 'bytes',
};

const mostLines = 400;

const root = fileURLToPath(new URL('..', import.meta.url));
const layers = Object.keys(mayImport);

interface Source {
  /** From src/, with `/`. */
  readonly path: string;
  readonly layer: string;
  readonly text: string;
  /** Layers and modules as they are written: `../model/address.ts` is `model`, `node:fs` is itself. */
  readonly imports: readonly string[];
}

function readSources(): Source[] {
  const src = join(root, 'src');
  const entries = readdirSync(src, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => {
    const path = relative(src, join(entry.parentPath, entry.name)).split(sep).join('/');
    const text = readFileSync(join(src, path), 'utf8');
    return { path, layer: layerOf(path), text, imports: importsOf(path, text) };
  });
}

function layerOf(path: string): string {
  return path.split('/')[0]!.replace(/\.ts$/, '');
}

function importsOf(path: string, text: string): string[] {
  const specifiers = [...text.matchAll(/\bfrom '([^']+)';|\bimport\(?\s*'([^']+)'/g)].map(([, a, b]) => (a ?? b)!);
  return specifiers.map((one) => (one.startsWith('.') ? layerOf(posix.join(dirname(path), one)) : one));
}

const sources = readSources();

test.each(sources.map((source) => [source.path, source] as const))('%s imports only what its layer may', (_, source) => {
  const allowed = [source.layer, ...(mayImport[source.layer] ?? [])];
  for (const imported of source.imports) {
    if (imported.startsWith('node:')) expect(mayUseNode, imported).toContain(source.layer);
    else if (layers.includes(imported)) expect(allowed, `imports ${imported}`).toContain(imported);
    else expect(placeOfPackage[imported], imported).toBe(source.layer);
  }
});

describe('the table', () => {
  test('has every layer, and no other', () => {
    expect([...layers].sort()).toEqual([...new Set(sources.map(({ layer }) => layer))].sort());
  });

  test('allows nothing that is not made use of', () => {
    const used = (layer: string) => new Set(sources.filter((one) => one.layer === layer).flatMap((one) => one.imports));
    for (const [layer, allowed] of Object.entries(mayImport)) {
      for (const other of allowed) expect(used(layer), `${layer} may import ${other}`).toContain(other);
    }
  });

  test('has no circles: each layer stands below all that it may import', () => {
    for (const [layer, allowed] of Object.entries(mayImport)) {
      for (const other of allowed) expect(layers.indexOf(other), `${layer} → ${other}`).toBeLessThan(layers.indexOf(layer));
    }
  });

  test('is what docs/architecture.md draws', () => {
    const [, drawing] = /## Layers\n\n```text\n([^]*?)```/.exec(readFileSync(join(root, 'docs/architecture.md'), 'utf8'))!;
    const rows = drawing!.trimEnd().split('\n').map((row) => row.slice(0, 48).trim().split(/\s+/));
    const rowOf = (layer: string) => rows.findIndex((row) => row.includes(layer));
    for (const [layer, allowed] of Object.entries(mayImport)) {
      expect(rowOf(layer), `${layer} is drawn`).toBeGreaterThanOrEqual(0);
      for (const other of allowed) expect(rowOf(other), `${other} is drawn below ${layer}`).toBeGreaterThan(rowOf(layer));
    }
  });
});

test.each(sources.map((source) => [source.path, source] as const))('%s keeps the rules for all files', (_, source) => {
  expect(source.text.split('\n').length).toBeLessThanOrEqual(mostLines + 1);
  if (!mayUseProcess.includes(source.layer)) expect(source.text).not.toMatch(/\bprocess\.(argv|env|exit|std|on)|\bconsole\./);
  // Paths of the machine it was written on. /proc and /dev are every Linux's own.
  expect(source.text).not.toMatch(/['"`](\/(work|tmp|home|root|usr|opt|var)\b|[A-Za-z]:\\\\)/);
  expect(source.imports.filter((one) => one.endsWith('.js'))).toEqual([]);
});

test('every dependency is used', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object };
  const used = new Set(sources.flatMap(({ imports }) => imports));
  for (const name of Object.keys(dependencies)) expect(used, name).toContain(name);
  expect(Object.keys(placeOfPackage)).toEqual(Object.keys(dependencies).sort());
});

test('the top level holds these folders and no others', () => {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => !['node_modules', 'dist', 'coverage', 'leakviz-report'].includes(name));
  expect(folders.sort()).toEqual(['docs', 'samples', 'src', 'test']);
  expect(existsSync(join(root, 'LICENSE'))).toBe(true);
});
