import type { LeakReport, ReportAllocation } from '../../model/leak-report.ts';
import { bytesChangeText, countText } from '../page/size-text.ts';
import { sampleBlocks } from './block-marks.ts';

/** As many suspects get pictures of their own. */
const mostSuspects = 3;

/** The suspects whose blocks can be drawn, the largest growth first. */
export function drawnSuspects(report: LeakReport): ReportAllocation[] {
  const byId = new Map(report.allocations.map((allocation) => [allocation.id, allocation]));
  return report.verdict.suspects
    .flatMap((id) => byId.get(id) ?? [])
    .filter((allocation) => sampleBlocks(allocation).length > 0 && allocation.strideBytes > 0)
    .slice(0, mostSuspects);
}

/** `blocks of 272 bytes`; with the suspect's id where another drawn one has blocks of that size too. */
export function blocksText(report: LeakReport, { id, strideBytes }: ReportAllocation): string {
  const isShared = drawnSuspects(report).some((other) => other.id !== id && other.strideBytes === strideBytes);
  return `blocks of ${countText(strideBytes)} bytes${isShared ? ` (${id})` : ''}`;
}

/** What is known of a suspect, for the lines below a title. */
export function suspectFacts(report: LeakReport, allocation: ReportAllocation): string[] {
  const counts = allocation.counts.map((count) => (count === null ? 'none' : countText(count)));
  const facts = [
    `last dump: ${report.dumps.at(-1)?.path ?? ''}`,
    `blocks ${counts.join(' → ')}`,
    `${bytesChangeText(allocation.growthBytes)}`,
  ];
  if (allocation.requestBytes) {
    const { min, max } = allocation.requestBytes;
    facts.push(
      min === max ? `request ${countText(min)} bytes` : `request ${countText(min)} to ${countText(max)} bytes`,
    );
  }
  if (allocation.allocator) facts.push(allocation.allocator);
  if (allocation.typeName) facts.push(allocation.typeName);
  return facts;
}
