import type { DumpFormat } from '../dump-format.ts';
import { isRangeHeader, rangeKinds } from '../lime.ts';

/** Physical memory of a Linux machine as AVML writes it with --compress: LiME's ranges, each packed with Snappy. */
export const avml = {
  id: 'avml',
  displayName: 'AVML memory dump, compressed',
  reference: 'https://github.com/microsoft/avml/blob/main/src/image.rs',
  probe: (head) => isRangeHeader(head, rangeKinds.avml),
  load: async () => (await import('./open-avml.ts')).openAvml,
} as const satisfies DumpFormat;
