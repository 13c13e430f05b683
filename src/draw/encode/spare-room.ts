/** Room for bytes that is used again: fresh memory would have to be cleared first and collected later. */
export interface SpareRoom {
  /** Room of that size; what stands in it is of no meaning. */
  take(size: number): Uint8Array<ArrayBuffer>;
  /** Keeps room that was taken for whoever asks next. It must not be used any more. */
  release(room: Uint8Array<ArrayBuffer>): void;
}

/** Keeps the largest that it is given. */
export function newSpareRoom(): SpareRoom {
  let spare = new Uint8Array();
  return {
    take(size) {
      if (spare.length < size) return new Uint8Array(size);
      const room = spare.subarray(0, size);
      spare = new Uint8Array();
      return room;
    },
    release(room) {
      if (room.buffer.byteLength > spare.length) spare = new Uint8Array(room.buffer);
    },
  };
}
