// What --baseline takes: a report.json of an earlier run, whose growth is accepted.
import { readFileSync } from 'node:fs';
import type { AcceptedClass } from '../../assemble/known-growth.ts';
import { readErrorWords } from '../../bytes/system-error.ts';
import { LeakvizError } from '../../errors.ts';

/** The growing classes of a report. Throws LeakvizError when it cannot be read or is none of this version's. */
export function readBaseline(path: string): AcceptedClass[] {
  const report = parse(path);
  if (!isObject(report) || !isObject(report.tool) || report.tool.name !== 'leakviz') {
    throw unusable(path, 'is no report.json of leakviz', 'Give the report.json of an earlier run.');
  }
  const version = report.schemaVersion;
  if (version !== 1) {
    throw unusable(
      path,
      `has schema version ${String(version)}; 1 is read`,
      'Make the baseline again with this leakviz.',
    );
  }
  const { dumps, allocations } = report;
  if (!Array.isArray(dumps) || dumps.length < 2 || !Array.isArray(allocations))
    throw damaged(path, 'dumps or allocations');
  const rows = allocations.map((row, index) => {
    const accepted = acceptedClass(row, dumps.length - 1);
    if (!accepted) throw damaged(path, `allocations[${index}]`);
    return accepted;
  });
  return rows.filter((one) => one.bytesPerStep > 0 && one.strideBytes > 0);
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const problem = code === undefined ? 'is no JSON' : `cannot be read: ${readErrorWords(error)}`;
    throw unusable(path, problem, 'Give the report.json of an earlier run.', error);
  }
}

function acceptedClass(row: unknown, steps: number): AcceptedClass | undefined {
  if (!isObject(row)) return undefined;
  const { strideBytes, allocator, growthBytes, bytesPerHour } = row;
  const isSound =
    isNumber(strideBytes) &&
    isNumber(growthBytes) &&
    (allocator === null || typeof allocator === 'string') &&
    (bytesPerHour === null || isNumber(bytesPerHour));
  return isSound ? { strideBytes, allocator, bytesPerStep: growthBytes / steps, bytesPerHour } : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function damaged(path: string, where: string): LeakvizError {
  return unusable(path, `is damaged: ${where} is not what the schema says`, 'Make the baseline again.');
}

function unusable(path: string, problem: string, hint: string, cause?: unknown): LeakvizError {
  return new LeakvizError('unreadable-file', `--baseline: ${path} ${problem}`, { hint, cause });
}
