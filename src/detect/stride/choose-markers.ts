// Many words tell of one stride, and multiples of a stride look like strides: leaves one marker per kind of block.
import { isTextWord } from '../../model/word-kind.ts';
import type { Marker } from './find-strides.ts';

/** Kinds of blocks followed at most. */
const mostClasses = 12;
/** A stride smaller than two words can hold no block of any allocator. */
const smallestStride = 16;

/** @param markers the ones with most repeats first */
export function chooseMarkers(markers: readonly Marker[]): Marker[] {
  const usable = markers.filter((marker) => marker.stride >= smallestStride && !isTextWord(marker.lo, marker.hi));
  const chosen: Marker[] = [];
  for (const stride of stridesBySupport(usable)) {
    if (chosen.length >= mostClasses) break;
    // Only every second block holds some word: its distance is a multiple of the stride, and no stride.
    if (chosen.some((known) => stride % known.stride === 0)) continue;
    const best = usable.filter((marker) => marker.stride === stride).sort(bySpecificity)[0]!;
    chosen.push(best);
  }
  return chosen;
}

function stridesBySupport(markers: readonly Marker[]): number[] {
  const support = new Map<number, number>();
  for (const marker of markers) {
    support.set(marker.stride, Math.max(support.get(marker.stride) ?? 0, marker.repeats));
  }
  return [...support].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([stride]) => stride);
}

/** The word that stands in these blocks and nowhere else counts them best. */
function bySpecificity(a: Marker, b: Marker): number {
  const quality = (marker: Marker) => (marker.purity * marker.purity * marker.repeats) / marker.perBlock;
  return quality(b) - quality(a) || a.hi - b.hi || a.lo - b.lo;
}
