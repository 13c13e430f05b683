/** Reads a BMP from its bytes alone, as its specification says; for tests that must not trust our own writer. */
export function decodeBmp(file: Uint8Array): { width: number; height: number; rgb: Uint8Array; header: DataView } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint16(0, true) !== 0x4d42) throw new Error('no BMP');
  const pixelsAt = view.getUint32(10, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  if (view.getUint16(28, true) !== 24 || view.getUint32(30, true) !== 0) throw new Error('not 24 bits, uncompressed');
  const rowBytes = (width * 3 + 3) & ~3;
  const rgb = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const fileRow = signedHeight < 0 ? row : height - 1 - row;
    for (let x = 0; x < width; x++) {
      const at = pixelsAt + fileRow * rowBytes + x * 3;
      rgb.set([file[at + 2]!, file[at + 1]!, file[at]!], (row * width + x) * 3);
    }
  }
  return { width, height, rgb, header: view };
}
