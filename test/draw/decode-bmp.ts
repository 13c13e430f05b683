/** Reads a BMP from its bytes alone, as its specification says; for tests that must not trust our own writer. */
export function decodeBmp(file: Uint8Array): { width: number; height: number; rgb: Uint8Array; header: DataView } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint16(0, true) !== 0x4d42) throw new Error('no BMP');
  const pixelsAt = view.getUint32(10, true);
  const width = view.getInt32(18, true);
  const signedHeight = view.getInt32(22, true);
  const height = Math.abs(signedHeight);
  const depth = view.getUint16(28, true);
  if (![8, 16, 24, 32].includes(depth) || view.getUint32(30, true) !== 0)
    throw new Error('packed, or of another depth');
  const step = depth / 8;
  const rowBytes = (width * step + 3) & ~3;
  const rgb = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const fileRow = signedHeight < 0 ? row : height - 1 - row;
    for (let x = 0; x < width; x++) {
      const at = pixelsAt + fileRow * rowBytes + x * step;
      if (depth === 16) {
        const value = view.getUint16(at, true);
        rgb.set(
          [10, 5, 0].map((shift) => Math.round((((value >> shift) & 31) * 255) / 31)),
          (row * width + x) * 3,
        );
        continue;
      }
      // The palette follows the headers, four bytes a colour.
      const from = depth === 8 ? 14 + view.getUint32(14, true) + file[at]! * 4 : at;
      rgb.set([file[from + 2]!, file[from + 1]!, file[from]!], (row * width + x) * 3);
    }
  }
  return { width, height, rgb, header: view };
}
