/** A process of very many small regions, half of them growing, with names from hell: what labels have to cope with. */
import type { TrackCells } from '../../src/model/cell-map.ts';
import type { ReportRegion } from '../../src/model/leak-report.ts';
import type { Track } from '../../src/model/track.ts';
import type { PictureInput } from '../../src/pictures/picture.ts';
import { synthPictureInput } from './picture-input.ts';

const page = 4096;
const bytesPerCell = 8;
const hostileName = 'a name with \u0007 control, \u202e right-to-left and ✂ signs, far too long to fit anywhere';

interface Crowd {
  readonly track: Track;
  readonly region: ReportRegion;
  readonly cells: TrackCells;
}

function crowdMember(index: number, template: ReportRegion): Crowd {
  const id = `c${index}`;
  const start = 0x7f00_0000_0000 + index * (1 << 20);
  const sizes = [0, 1, 3].map((step) => page * (5 + (index % 9) * step));
  const presence = sizes.map((size, dump) => {
    const piece = { start, end: start + size };
    return dump === 0 && index % 11 === 0
      ? null
      : { ...piece, pieces: [piece], mappedBytes: size, reservedBytes: 0, shift: 0 };
  });
  const name = index % 5 === 0 ? hostileName : '';
  const kind = index % 7 === 0 ? 'heap' : 'private';
  const mappedBytes = presence.map((at) => at?.mappedBytes ?? null);
  const cellCount = sizes[2]! / bytesPerCell;
  const cells = presence.map((at) =>
    Uint8Array.from({ length: cellCount }, (_, cell) =>
      cell < (at?.mappedBytes ?? 0) / bytesPerCell ? (((cell * 7 + index) % 5) << 5) | ((cell * 13) % 32) : 255,
    ),
  );
  return {
    track: { id, kind, name, start, end: start + sizes[2]!, writable: true, presence },
    region: {
      ...template,
      id,
      kind,
      name,
      mappedBytes,
      populatedBytes: mappedBytes,
      growthBytes: sizes[2]! - sizes[0]!,
    },
    cells: { trackId: id, start, cellCount, cells },
  };
}

export function crowdedPictureInput(count: number): PictureInput {
  const base = synthPictureInput({ heapMegabytes: [0.3, 0.3, 0.3] });
  const crowd = Array.from({ length: count }, (_, index) => crowdMember(index, base.report.regions[0]!));
  return {
    ...base,
    report: { ...base.report, regions: crowd.map(({ region }) => region) },
    tracks: crowd.map(({ track }) => track),
    cellMap: { bytesPerCell, tracks: crowd.map(({ cells }) => cells) },
  };
}
