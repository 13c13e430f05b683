import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { allocators } from '../src/allocators/index.ts';
import { commands } from '../src/cli/commands/index.ts';
import { exitCodes } from '../src/cli/exit-code.ts';
import { dumpFormats } from '../src/formats/index.ts';
import { trends, verdictStatuses } from '../src/model/leak-report.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'samples/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const textOf = (page: string) => readFileSync(join(root, page), 'utf8');
/** Larger pictures make a clone slow for everyone. */
const mostPictureBytes = 100 * 1024;
/** Those of large processes are shown once, and need their detail. */
const mostGalleryBytes = 150 * 1024;

/** Fenced blocks are no prose: links and options in them are not ours. */
function proseOf(page: string): string {
  return textOf(page).replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
}

/** Targets of links and pictures that lie in the project. */
function linksOf(page: string): string[] {
  const targets = [...proseOf(page).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target]) => target!);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchor that a heading gets on GitHub. */
function anchorOf(heading: string): string {
  const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return plain
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}

function anchorsOf(page: string): Set<string> {
  return new Set([...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!)));
}

/** Words in backticks. */
function codeIn(text: string): Set<string> {
  return new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!));
}

/** The part of a page below a heading, up to the next one of its level. */
function section(page: string, heading: string): string {
  const [, rest] = textOf(page).split(`\n${heading}\n`);
  expect(rest, `${page} has no heading '${heading}'`).toBeDefined();
  const level = /^#+/.exec(heading)![0];
  return rest!.split(new RegExp(`\n#{1,${level.length}} `))[0]!;
}

describe.each(pages)('%s', (page) => {
  test('links to what is there', () => {
    for (const target of linksOf(page)) {
      const [path, anchor] = target.split('#') as [string, string?];
      const file = path === '' ? page : join(dirname(page), decodeURI(path));
      expect(existsSync(join(root, file)), `${page}: ${target}`).toBe(true);
      if (anchor !== undefined) expect([...anchorsOf(file)], `${page}: ${target}`).toContain(anchor);
    }
  });

  test('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = [...textOf(page).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });
});

test('all pictures of the docs are shown somewhere, and small', () => {
  const shown = new Set(pages.flatMap((page) => linksOf(page).map((target) => join(dirname(page), target))));
  const files = readdirSync(join(root, 'docs/images'), { recursive: true, withFileTypes: true });
  for (const entry of files.filter((one) => one.isFile())) {
    const path = relative(root, join(entry.parentPath, entry.name));
    expect(shown).toContain(path);
    const most = path.includes('gallery') ? mostGalleryBytes : mostPictureBytes;
    expect(statSync(join(root, path)).size).toBeLessThanOrEqual(most);
  }
});

describe('docs/commands.md', () => {
  const page = 'docs/commands.md';

  test('has every command, and no other', () => {
    const named = [...textOf(page).matchAll(/^## `leakviz ([\w-]+)/gm)].map(([, name]) => name);
    expect(named).toEqual(commands.map(({ name }) => name));
  });

  test.each(commands.map((command) => [command.name, command] as const))('has the options of %s', (name, command) => {
    const heading = textOf(page).match(new RegExp(`^## \`leakviz ${name}.*$`, 'm'))![0];
    const rows = [...section(page, heading).matchAll(/^\| `(?:-\w`, `)?--([\w-]+)/gm)].map(([, option]) => option!);
    expect(rows.toSorted()).toEqual(Object.keys(command.options).toSorted());
  });

  test('mentions no option that does not exist', () => {
    const known = new Set([...commands.flatMap(({ options }) => Object.keys(options)), 'help', 'version']);
    const mentioned = [...textOf(page).matchAll(/(?<![\w-])--([a-z][\w-]*)/g)].map(([, option]) => option!);
    expect([...known]).toEqual(expect.arrayContaining(mentioned));
  });

  test('has the exit codes', () => {
    const codes = [...section(page, '## Exit codes').matchAll(/^\| (\d+)\s+\|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(exitCodes));
  });
});

test('docs/report.md names every key and every word of the schema', () => {
  const named = [...codeIn(textOf('docs/report.md'))].flatMap((code) => code.split('.'));
  const schema = JSON.parse(textOf('docs/report.schema.json')) as unknown;
  const missing = [...new Set(wordsOf(schema))].filter((word) => !named.includes(word) && !ofTheTool.has(word));
  expect(missing).toEqual([]);
});

test('docs/report.md has the reason codes of every verdict', () => {
  const lines = textOf('src/detect/verdict.ts').split('\n');
  const codes = lines
    .filter((line) => /\bcode:|\binconclusive\('/.test(line))
    .flatMap((line) => [...line.matchAll(/'([a-z]+(?:-[a-z]+)*)'/g)].map(([, code]) => code!));
  const statuses: readonly string[] = verdictStatuses;
  const trendsToo: readonly string[] = trends;
  const wanted = codes.filter((code) => !statuses.includes(code) && !trendsToo.includes(code));
  expect([...codeIn(section('docs/report.md', '## `verdict`'))]).toEqual(expect.arrayContaining(wanted));
});

/** Said in the example at the top of the page. */
const ofTheTool = new Set(['schemaVersion', 'tool', 'version']);

/** Names of properties, and what enumerations allow. */
function wordsOf(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    if (key === 'enum') return (value as unknown[]).filter((word) => typeof word === 'string');
    return key === 'properties' ? [...Object.keys(value as object), ...wordsOf(value)] : wordsOf(value);
  });
}

test('docs/formats.md has every format', () => {
  expect([...codeIn(textOf('docs/formats.md'))]).toEqual(expect.arrayContaining(dumpFormats.map(({ id }) => id)));
});

describe('docs/detection.md', () => {
  const page = 'docs/detection.md';

  test('has every allocator', () => {
    const named = [...codeIn(section(page, '## Chunk walks'))];
    expect(named).toEqual(expect.arrayContaining(allocators.map(({ id }) => id)));
  });

  test('says of its constants what the code says', () => {
    const rows = [...textOf(page).matchAll(/^\| `(\w+)`\s+\| `([^`]+)`\s+\| \[[^\]]+\]\(\.\.\/([^)]+)\)\s+\|/gm)];
    expect(rows.length).toBeGreaterThan(10);
    for (const [, name, value, file] of rows) {
      const declaration = `const ${name} = ${value};`;
      expect(textOf(file!).includes(declaration), `${file}: ${declaration}`).toBe(true);
    }
  });
});
