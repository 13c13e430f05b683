// Listeners that are added with every request and never removed: each closure keeps its request.
import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';

const bus = new EventEmitter();
bus.setMaxListeners(0);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
let requests = 0;
for (let step = 0; step < 3; step++) {
  for (let i = 0; i < (step === 0 ? 20_000 : 40_000); i++) {
    const request = {
      id: ++requests,
      path: `/orders/${requests % 977}`,
      headers: { host: 'shop', length: requests % 4096 },
    };
    bus.on('shutdown', () => request.id);
  }
  globalThis.gc?.();
  console.log('step');
  if ((await lines.next()).done) break;
}
process.exit(0);
