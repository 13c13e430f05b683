import type { BlockExcerpt } from '../model/leak-report.ts';

const bytesPerLine = 16;

/** Lines of `+0x10  6869 …  hi.`: offset, bytes, what of them is printable ASCII. */
export function hexDump({ hex }: BlockExcerpt): string[] {
  const lines: string[] = [];
  for (let at = 0; at < hex.length; at += bytesPerLine * 2) {
    const bytes = hex.slice(at, at + bytesPerLine * 2).match(/../g) ?? [];
    const text = bytes.map((byte) => printable(Number.parseInt(byte, 16))).join('');
    const offset = `+0x${(at / 2).toString(16).padStart(3, '0')}`;
    lines.push(`${offset}  ${bytes.join(' ').padEnd(bytesPerLine * 3 - 1)}  ${text}`);
  }
  return lines;
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.';
}
