import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { galleryCases } from '../gallery/cases.ts';
import { projectFolder, runCli, sampleDumps, temporaryFolder } from './run-cli.ts';

const pictureOf = (id: string, picture: string) => join('docs', 'images', 'gallery', `${id}-${picture}.png`);
/** The title holds the version, and the line below it the time of the dumps: both change without the picture. */
const titleRows = 44;

interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Buffer;
}

function decode(path: string): Pixels {
  const { width, height, data } = PNG.sync.read(readFileSync(path));
  return { width, height, data: data.subarray(titleRows * width * 4) };
}

test('the gallery shows every picture of its cases, with what to see', () => {
  const page = readFileSync(join(projectFolder, 'docs', 'gallery.md'), 'utf8');
  for (const { id, shown } of galleryCases) {
    for (const { picture, see } of shown) {
      expect(page).toContain(see);
      expect(page).toContain(`images/gallery/${id}-${picture}.png`);
      expect(existsSync(join(projectFolder, pictureOf(id, picture))), `${id}, ${picture}`).toBe(true);
    }
  }
});

describe.each(galleryCases.filter(({ source }) => source.kind === 'sample'))('$id', ({ id, shown }) => {
  test('is drawn pixel by pixel as the gallery shows it; if not, and that is meant, npm run gallery', async () => {
    const folder = temporaryFolder();
    await runCli(['diff', ...sampleDumps(id), '-o', folder, '-q']);
    for (const { picture } of shown) {
      const drawn = decode(join(folder, 'pictures', `${picture}.png`));
      const golden = decode(join(projectFolder, pictureOf(id, picture)));
      expect([drawn.width, drawn.height], picture).toEqual([golden.width, golden.height]);
      expect(drawn.data.equals(golden.data), picture).toBe(true);
    }
  }, 60_000);
});
