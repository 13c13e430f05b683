const utf8 = new TextDecoder('utf-8');
const utf16LittleEndian = new TextDecoder('utf-16le');
const utf16BigEndian = new TextDecoder('utf-16be');

/** UTF-8 up to the first NUL or the end. Bytes that are no UTF-8 become U+FFFD. */
export function textUpToNul(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return utf8.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** UTF-16 up to the first NUL or the end. */
export function wideTextUpToNul(bytes: Uint8Array, littleEndian: boolean): string {
  const text = (littleEndian ? utf16LittleEndian : utf16BigEndian).decode(bytes);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** The last part of a path of either kind of system. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
