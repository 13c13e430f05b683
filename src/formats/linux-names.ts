const fileless = /^(\/dev\/zero|\/anon_hugepage|\/SYSV[0-9a-f]{8})( \(deleted\))?$/;

/** Whether Linux gives this path to memory that no file is behind: shared anonymous memory, huge pages, System V. */
export function isFilelessPath(path: string): boolean {
  return fileless.test(path);
}
