// A healthy service on V8: bounded state, and garbage enough for several collections between its captures.
import { createInterface } from 'node:readline';

const [mode, steps] = [process.argv[2], Number(process.argv[3])];
const table = new Map();
let serial = 0;

function handleRequest() {
  serial++;
  const session = { id: serial, name: `user-${serial % 5000}`, tags: [serial, serial + 1], opened: serial * 3 };
  if (mode === 'cache') {
    table.set(serial, session);
    if (table.size > 20_000) table.delete(table.keys().next().value);
  }
  return JSON.stringify(session).length + Buffer.alloc(mode === 'buffers' ? 2000 : 16).length;
}

async function runStep() {
  for (let round = 0; round < 60; round++) {
    for (let request = 0; request < 5000; request++) handleRequest();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
await runStep();
await runStep();
for (let step = 0; step < steps; step++) {
  await runStep();
  console.log('[]');
  if ((await lines.next()).done) break;
}
process.exit(0);
