import { fileURLToPath } from 'node:url';

/** Path of a file that is shipped with leakviz. The built files stand as deep in the package as their sources. */
export function packageFile(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url));
}
