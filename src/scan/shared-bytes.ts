/**
 * One block of memory that all threads see, filled with one value, handed out piece by piece: dumps of many regions
 * take many small pieces.
 */
export function sharedBytes(size: number, value: number): (pieceSize: number) => Uint8Array {
  const all = new Uint8Array(new SharedArrayBuffer(size)).fill(value);
  let next = 0;
  return (pieceSize) => {
    const start = next;
    next += pieceSize;
    return all.subarray(start, next);
  };
}
