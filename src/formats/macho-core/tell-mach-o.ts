/** MH_*: what a Mach-O file is. */
export const fileTypes = { executable: 2, core: 4, dynamicLinker: 7 } as const;

/** As 4 bytes, in the order of the file. */
const magic32 = 0xfeedface;
export const magic64 = 0xfeedfacf;
const fatMagics: readonly number[] = [0xcafebabe, 0xcafebabf];
/** Java's class files begin like fat files do; none of these have so many parts. */
const mostFatParts = 32;

/** The kinds of Mach-O file that leakviz knows by sight. */
export function tellMachO(head: Uint8Array): 'core' | 'fat' | undefined {
  if (head.length < 28) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (fatMagics.includes(view.getUint32(0))) return view.getUint32(4) <= mostFatParts ? 'fat' : undefined;
  const littleEndian = endiannessOf(view);
  return littleEndian !== undefined && view.getUint32(12, littleEndian) === fileTypes.core ? 'core' : undefined;
}

/** Undefined where no Mach-O header begins; a fat one is none. */
export function endiannessOf(view: DataView): boolean | undefined {
  for (const littleEndian of [true, false]) {
    const magic = view.getUint32(0, littleEndian);
    if (magic === magic32 || magic === magic64) return littleEndian;
  }
  return undefined;
}
