// Whether the process runs a garbage collector: then growth may just be garbage that was not collected yet.
import type { Dump } from '../model/dump.ts';

/** File names of the runtimes' modules or programs. */
const collectors: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: 'the Java virtual machine', pattern: /^(libjvm\.so|jvm\.dll|libjvm\.dylib)$/i },
  { name: '.NET', pattern: /^(libcoreclr\.so|coreclr\.dll|clr\.dll|mscorwks\.dll|libmonosgen-.*\.so.*|mono.*\.dll)$/i },
  {
    name: 'V8',
    pattern: /^(node|nodejs|electron|chrome|libnode\.so.*|node\.exe|electron\.exe|libv8.*\.so.*|v8\.dll)$/i,
  },
  { name: 'the Ruby interpreter', pattern: /^(ruby[\d.]*|libruby.*\.so.*|.*ruby\d+\.dll)$/i },
];

/** Name of the collecting runtime; null when none is known. CPython is not one: it counts references. */
export function collectorOf(dump: Dump): string | null {
  const names = dump.modules.map((module) => module.path.split(/[\\/]/).at(-1)!);
  return collectors.find(({ pattern }) => names.some((name) => pattern.test(name)))?.name ?? null;
}
