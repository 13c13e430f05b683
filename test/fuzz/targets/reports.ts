// Reports whose every name is out to do harm.
import fc from 'fast-check';
import { printSummary, reportFormats } from '../../../src/reports/index.ts';
import { acting, sgr } from '../../reports/acting.ts';
import { arbitraryReport } from '../../reports/arbitrary-report.ts';
import type { FuzzTarget } from '../fuzz-target.ts';

export const reportTargets: readonly FuzzTarget[] = [
  {
    id: 'report',
    // A report takes much longer to make up than to write.
    oneRoundIn: 100,
    async run(random) {
      const [report] = fc.sample(arbitraryReport, { numRuns: 1, seed: random.below(2 ** 31) });
      for (const { load } of reportFormats) {
        const format = await load();
        const text = format.write(report!, []);
        if (acting.test(text)) throw new Error(`${format.id} has ${JSON.stringify(acting.exec(text))}`);
        const scripts = text.toLowerCase().split('<script').length - 1;
        if (scripts !== (format.id === 'html' ? 1 : 0)) throw new Error(`${format.id} has ${scripts} scripts`);
      }
      const columns = random.pick([20, 40, 80, 200]);
      const printed = printSummary(report!, { columns, color: random.chance(0.5), unicode: random.chance(0.5) });
      if (acting.test(printed.replace(sgr, ''))) throw new Error('the summary acts on the terminal');
    },
  },
];
