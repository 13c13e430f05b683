/** Set once by loadZstd: the package starts asynchronously, and pages are unpacked while memory is read. */
let decode: ((packed: Uint8Array, size: number) => Uint8Array) | undefined;

/** To be called before unpackZstdBlock. */
export async function loadZstd(): Promise<void> {
  const { ZSTDDecoder } = await import('zstddec/stream');
  const decoder = new ZSTDDecoder();
  await decoder.init();
  decode = (packed, size) => decoder.decode(packed, size);
}

/** Unpacks to at most `size` bytes; to others, or none, where the data is damaged. */
export function unpackZstdBlock(packed: Uint8Array, size: number): Uint8Array {
  if (decode === undefined) throw new Error('zstd is not loaded');
  return decode(packed, size);
}
