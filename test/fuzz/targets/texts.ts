// What users give beside dumps: ranges, maps, baselines, conditions. They come out of scripts, and may hold anything.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConditions } from '../../../src/cli/gate/parse-conditions.ts';
import { readBaseline } from '../../../src/cli/gate/read-baseline.ts';
import { parseDepth } from '../../../src/cli/parse-depth.ts';
import { parseBase, parseInterval, parseSize, parseTimes } from '../../../src/cli/parse-quantity.ts';
import { parseRange } from '../../../src/cli/parse-range.ts';
import { readRangeMap } from '../../../src/cli/range-map.ts';
import { json } from '../../../src/reports/json.ts';
import { sampleReport } from '../../synth/leak-report.ts';
import { refusing } from '../examine.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { mutate } from '../mutate.ts';

const baseline = Buffer.from(json.write(sampleReport()));
const texts = [
  'leak,growth>5MB,rate>1MB/h,count(48)>10',
  '00007ff6`12340000 L1000',
  '0x10+0x20',
  '30s',
  '2026-03-01T14:05:00Z',
  '1.5GiB',
];
const map = '# heap\n0x10000 0 0x1000\n20000 1000 800\n';

export const textTargets: readonly FuzzTarget[] = [
  {
    id: 'options',
    async run(random) {
      const text = Buffer.from(mutate(Buffer.from(random.pick(texts)), random)).toString('utf8');
      const parsers = [
        parseConditions,
        parseDepth,
        parseBase,
        parseInterval,
        (one: string) => parseSize('--limit', one),
        (one: string) => parseTimes(one, 1),
        (one: string) => parseRange('--range', one),
      ];
      for (const parse of parsers) await refusing(() => void parse(text));
    },
  },
  {
    id: 'range-map',
    async run(random, folder) {
      const path = join(folder, 'ranges.map');
      writeFileSync(path, mutate(Buffer.from(map), random));
      await refusing(() => void readRangeMap(path));
    },
  },
  {
    id: 'baseline',
    async run(random, folder) {
      const path = join(folder, 'baseline.json');
      writeFileSync(path, mutate(baseline, random));
      await refusing(() => void readBaseline(path));
    },
  },
];
