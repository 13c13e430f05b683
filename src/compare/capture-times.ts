// When the dumps were taken: the basis of every rate.
import type { OpenedDump } from '../memory/opened-dump.ts';
import type { DumpWarning } from '../model/dump.ts';

/** Copying files gives them times within moments of each other; a leak that matters is not dumped that fast. */
const shortestSpanHours = 1 / 3600;

/** Hours between neighbouring dumps; null when a time is missing or the times cannot be right. */
export function hoursBetween(dumps: readonly OpenedDump[]): number[] | null {
  const hours: number[] = [];
  for (let index = 1; index < dumps.length; index++) {
    const before = dumps[index - 1]!.capturedAt;
    const after = dumps[index]!.capturedAt;
    if (!before || !after || after <= before) return null;
    hours.push((after.getTime() - before.getTime()) / 3_600_000);
  }
  return hours.reduce((sum, one) => sum + one, 0) >= shortestSpanHours ? hours : null;
}

/** A warning per dump whose time lies before the one of the dump in front of it. */
export function timeOrderWarnings(dumps: readonly OpenedDump[]): (DumpWarning | null)[] {
  const order = orderByTime(dumps);
  return dumps.map((dump, index) => {
    const before = dumps[index - 1];
    if (!before?.capturedAt || !dump.capturedAt || dump.capturedAt >= before.capturedAt) return null;
    const source = { dump: 'by its own time', file: "by its file's time", argument: 'by the time given for it' };
    const remedy = dump.timeSource === 'argument' ? '' : ', or give --times or --interval';
    return {
      code: 'time-order',
      message: `${source[dump.timeSource ?? 'dump']} this dump is older than the one before it: the order of the arguments was kept${order}; check it${remedy}`,
      offset: null,
    };
  });
}

/** How the dumps would stand, in words; as many as one looks over. */
function orderByTime(dumps: readonly OpenedDump[]): string {
  if (dumps.length > mostOrdered || dumps.some(({ capturedAt }) => capturedAt === null)) return '';
  const order = dumps.map((dump, index) => ({ number: index + 1, time: dump.capturedAt!.getTime() }));
  order.sort((a, b) => a.time - b.time || a.number - b.number);
  return `, by their times it would be ${order.map(({ number }) => number).join(', ')}`;
}

const mostOrdered = 12;
