import { write, writeSync } from 'node:fs';
import { promisify } from 'node:util';

const writeBeside = promisify(write);

/** Writes all of it: a disk that is nearly full takes a part of what it is given, and says so only the next time. */
export function writeWhole(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}

/** The same while this thread goes on. The bytes have to stay as they are until it is done. */
export async function writeWholeBeside(descriptor: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await writeBeside(descriptor, bytes, done)).bytesWritten;
}
