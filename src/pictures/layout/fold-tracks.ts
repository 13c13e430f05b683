import type { RegionKind } from '../../model/dump.ts';
import type { ReportRegion } from '../../model/leak-report.ts';
import type { Track } from '../../model/track.ts';
import { addressText, bytesChangeText, bytesText, countText } from '../page/size-text.ts';

/** What a track's place in the pictures depends on. Sizes in bytes. */
export interface TrackStory {
  readonly track: Track;
  /** Undefined where the report's list of regions is cut short. */
  readonly region: ReportRegion | undefined;
  readonly growthBytes: number;
  /** Largest mapped size over the dumps. */
  readonly mappedBytes: number;
  /** The same of what the files hold. */
  readonly capturedBytes: number;
  readonly isSteady: boolean;
}

/** Growth below this is noise of the allocator or of the loader; two pages of the usual size. */
const growthThatCounts = 8192;
const changeThatCounts = 65_536;
const changedShareThatCounts = 0.1;

export function trackStory(track: Track, region: ReportRegion | undefined): TrackStory {
  const sizes = track.presence.map((presence) => presence?.mappedBytes ?? 0);
  const growthBytes = region?.growthBytes ?? sizes.at(-1)! - sizes[0]!;
  const mappedBytes = Math.max(...sizes);
  const inAll = track.presence.every((presence) => presence !== null);
  const changed = region ? mostChangedBytes(region) : 0;
  const isSteady =
    inAll &&
    Math.abs(growthBytes) < growthThatCounts &&
    changed <= Math.max(changeThatCounts, mappedBytes * changedShareThatCounts);
  const capturedBytes = region ? Math.max(0, ...region.capturedBytes.map((bytes) => bytes ?? 0)) : mappedBytes;
  return { track, region, growthBytes, mappedBytes, capturedBytes, isSteady };
}

/** Most bytes that changed or came between two neighbouring dumps. */
function mostChangedBytes(region: ReportRegion): number {
  const { changedBytes, newBytes } = region.changes;
  return Math.max(0, ...changedBytes.map((bytes, dump) => (bytes ?? 0) + (newBytes[dump] ?? 0)));
}

const kindWords: Record<RegionKind, string> = {
  heap: 'heap',
  stack: 'stack',
  image: 'image',
  'mapped-file': 'mapped file',
  private: 'private',
  unknown: 'unknown',
};

/** What a band of folded regions (in address order) holds: `14 regions without growth (9 image, 5 private), 12.4 MB, 0x7f…–0x7f…`. */
export function foldText(stories: readonly TrackStory[]): string {
  const mapped = stories.reduce((sum, story) => sum + story.mappedBytes, 0);
  const captured = stories.reduce((sum, story) => sum + story.capturedBytes, 0);
  const sizes = captured < mapped ? `${bytesText(mapped)} (${bytesText(captured)} captured)` : bytesText(mapped);
  const growth = stories.reduce((sum, story) => sum + Math.max(0, story.growthBytes), 0);
  const start = addressText(stories[0]!.track.start);
  const end = addressText(stories.at(-1)!.track.end);
  const noun = stories.length === 1 ? 'region' : 'regions';
  const grows = growth < growthThatCounts ? 'without growth' : `with ${bytesChangeText(growth)} in all`;
  return `${countText(stories.length)} ${noun} ${grows} (${kindCounts(stories)}), ${sizes}, ${start}–${end}`;
}

function kindCounts(stories: readonly TrackStory[]): string {
  const counts = new Map<RegionKind, number>();
  for (const { track } of stories) counts.set(track.kind, (counts.get(track.kind) ?? 0) + 1);
  if (stories.length === 1) return kindWords[stories[0]!.track.kind];
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([kind, count]) => `${countText(count)} ${kindWords[kind]}`)
    .join(', ');
}
