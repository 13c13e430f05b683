// `npm run kernels`: compiles src/kernels/assembly into src/kernels/kernel-module.ts.
import { writeFileSync } from 'node:fs';
import { compileKernels, moduleSource } from './compile-kernels.ts';

const target = new URL('../../src/kernels/kernel-module.ts', import.meta.url);
const base64 = await compileKernels();
writeFileSync(target, moduleSource(base64));
console.log(`${base64.length} characters of WebAssembly`);
