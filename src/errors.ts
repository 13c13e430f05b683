/** What went wrong, for programs; the message says it for people. */
export type ErrorCode =
  | 'usage'
  | 'unreadable-file'
  | 'empty-file'
  | 'malformed-dump'
  | 'unsupported-dump'
  | 'incomparable-dumps'
  | 'unreadable-process'
  | 'unsupported-system'
  | 'unwritable-output';

/** A failure leakviz expects: bad input, bad usage, an output that can't be written. Anything else thrown is a bug. */
export class LeakvizError extends Error {
  override readonly name: string = 'LeakvizError';
  readonly code: ErrorCode;
  /** One sentence: what the user can do about it. */
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}

/** A field of a dump that can't be what it says. Carries where it stands, so that the message can be checked by hand. */
export class MalformedDumpError extends LeakvizError {
  override readonly name = 'MalformedDumpError';
  /** File offset of the field, in bytes. */
  readonly offset: number;
  /** The vendor's name of the field, such as `MINIDUMP_HEADER.NumberOfStreams`. */
  readonly field: string;

  constructor(field: string, offset: number, expected: string, found: string) {
    super('malformed-dump', `${field}: expected ${expected}, found ${found} (file offset 0x${offset.toString(16)})`);
    this.field = field;
    this.offset = offset;
  }
}
