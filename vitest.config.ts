import { defineConfig } from 'vitest/config';

/** Tests of the command line run the built files, as users do; these, and no others, wait for a build. */
const needBuild = ['test/cli/**/*.test.ts'];

/** Where to write counts for other programs, such as .ci/run. */
const reportFile = process.env.TEST_REPORT;

export default defineConfig({
  test: {
    testTimeout: 60_000,
    reporters: reportFile === undefined ? ['default'] : ['default', ['json', { outputFile: reportFile }]],
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: needBuild } },
      { extends: true, test: { name: 'cli', include: needBuild, globalSetup: ['test/cli/build.ts'] } },
    ],
  },
});
