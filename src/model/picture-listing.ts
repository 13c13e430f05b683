// What `leakviz pictures` found, as pictures.json has it.

/** An image that was found in memory. */
export interface ListedPicture {
  /** Name in the folder; made of kind, address and size, never of anything in the dump. Null when it was not written. */
  readonly file: string | null;
  /** Format of the image in memory; `raw` for a bitmap without a header. */
  readonly kind: string;
  /** `0x00007f3c12a04000` */
  readonly address: string;
  /** Bytes in memory. */
  readonly sizeBytes: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Whether the structure has an end, and its checksums hold. */
  readonly state: 'complete' | 'damaged' | 'partial';
  /** How sure it is that this is an image, 0 to 1. */
  readonly score: number;
  /** Kind and name of the region that it lies in. Untrusted text. */
  readonly region: string;
  /** Addresses of the same bytes, the first few; and how many there are. */
  readonly copies: readonly string[];
  readonly copyCount: number;
  /** Encoded images of the same width and height: the file that a bitmap may have been decoded from. */
  readonly sameSizeAs: readonly string[];
  /** How pixels lie in memory; null for encoded images. */
  readonly layout: {
    readonly bitsPerPixel: number;
    readonly strideBytes: number;
    /** `gray`, `565`, `555`, `rgb`, `bgr`, `rgba`, `bgra`, `rgbx`, `xbgr` and so on, as bytes follow each other. */
    readonly channels: string;
    /** What told the order of the channels. */
    readonly orderBy: string;
    /** What told the first byte: a block of the heap, the jump from right edge to left, or only likeness. */
    readonly startBy: string;
  } | null;
}

export interface PictureListing {
  readonly tool: { readonly name: 'leakviz'; readonly version: string };
  /** Always said: these files hold what the process had in memory. */
  readonly contains: string;
  /** File name of the dump, without folders. Untrusted text. */
  readonly dump: string;
  readonly pictures: readonly ListedPicture[];
  readonly warnings: readonly string[];
}
