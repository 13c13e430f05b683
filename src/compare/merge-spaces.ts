// Puts the tracks of another run beside those they are the same as. A wrong pair would say of pages that they changed
// which have nothing in common, so what cannot be told stays alone.
import type { Dump } from '../model/dump.ts';
import type { Track, TrackPresence } from '../model/track.ts';
import { type AddressSpace, pairTracks } from './pair-tracks.ts';

/**
 * The tracks of both: paired ones as one track, moved to where the first list has it.
 * @param tracks of the spaces merged so far
 * @param dump one of those that they are of
 */
export function mergeSpaces(tracks: readonly Track[], other: AddressSpace, dump: Dump): Track[] {
  const pairing = pairTracks({ tracks, dump }, other);
  const partners = new Map([...pairing].map(([own, { partner, shift }]) => [partner, { own, shift }]));
  return [
    ...tracks.map((track) => {
      const pair = partners.get(track);
      return pair ? join(track, pair.own, pair.shift) : track;
    }),
    ...other.tracks.filter((track) => !pairing.has(track)),
  ];
}

function join(track: Track, own: Track, shift: number): Track {
  return {
    ...track,
    start: Math.min(track.start, own.start + shift),
    end: Math.max(track.end, own.end + shift),
    writable: track.writable || own.writable,
    presence: track.presence.map((presence, dump) => presence ?? moved(own.presence[dump]!, shift)),
  };
}

function moved(presence: TrackPresence | null, shift: number): TrackPresence | null {
  return presence && { ...presence, shift };
}
