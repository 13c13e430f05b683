// Servers from the distribution's packages, under a load that leaves as much behind as it found.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthyCase } from './cases.ts';
import { dumpProcess, stop, within } from './processes.ts';
import { type Random, seededRandom } from './seeded-random.ts';
import { findTool } from './tools.ts';

interface Server {
  start(folder: string, port: number): ChildProcess;
  /** One request, and what its answer ends with. */
  request(random: Random): { readonly text: string; readonly end: string };
}

const servers: Partial<Record<HealthyCase['program'], Server>> = {
  nginx: { start: startNginx, request: pageRequest },
  redis: {
    start: (folder, port) =>
      startServer('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder]),
    request: redisRequest,
  },
  memcached: {
    start: (_, port) => startServer('memcached', ['-p', `${port}`, '-l', '127.0.0.1', '-u', 'root', '-m', '32']),
    request: memcachedRequest,
  },
};

const requestsPerStep = 6000;
const connections = 8;
/** What a server builds up once, it has built up by then. */
const warmUpSteps = 3;

export async function captureServer(one: HealthyCase, folder: string): Promise<string[]> {
  const server = servers[one.program]!;
  const random = seededRandom(one.seed);
  const port = await freePort();
  const child = server.start(folder, port);
  const dumps: string[] = [];
  try {
    await answers(port);
    for (let step = 0; step < warmUpSteps; step++) await load(server, port, random);
    for (let step = 1; step <= one.dumps; step++) {
      await load(server, port, random);
      dumps.push(await dumpProcess(child.pid!, join(folder, `${step}`)));
    }
    return dumps;
  } finally {
    await stop(child);
  }
}

function startServer(name: string, options: readonly string[]): ChildProcess {
  return spawn(findTool(name)!, options, { stdio: 'ignore' });
}

function startNginx(folder: string, port: number): ChildProcess {
  mkdirSync(join(folder, 'pages'));
  writeFileSync(join(folder, 'pages', 'index.html'), `<p>${'steady '.repeat(500)}</p>\n`);
  const config = `
daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 64; }
http {
  access_log off; gzip on; gzip_min_length 100;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server { listen 127.0.0.1:${port}; root ${folder}/pages; }
}`;
  writeFileSync(join(folder, 'nginx.conf'), config);
  return startServer('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')]);
}

function pageRequest(random: Random): { text: string; end: string } {
  const name = random.next() < 0.9 ? '' : `missing-${random.whole(1, 1000)}`;
  return { text: `GET /${name} HTTP/1.1\r\nHost: localhost\r\n\r\n`, end: '</html>\r\n|</p>\n' };
}

/** Values of all sizes under keys that come again: what is overwritten is freed. */
function redisRequest(random: Random): { text: string; end: string } {
  const key = `key-${random.whole(1, 3000)}`;
  const value = 'v'.repeat(random.whole(10, 1500));
  return { text: `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`, end: '+OK\r\n' };
}

function memcachedRequest(random: Random): { text: string; end: string } {
  const size = random.whole(10, 1500);
  return { text: `set key-${random.whole(1, 3000)} 0 0 ${size}\r\n${'v'.repeat(size)}\r\n`, end: 'STORED\r\n' };
}

async function load(server: Server, port: number, random: Random): Promise<void> {
  const each = Array.from({ length: connections }, () => loadOne(server, port, random));
  await within(Promise.all(each), 'load');
}

async function loadOne(server: Server, port: number, random: Random): Promise<void> {
  const socket = await open(port);
  for (let request = 0; request < requestsPerStep / connections; request++) {
    const { text, end } = server.request(random);
    socket.write(text);
    await answerOf(socket, end.split('|'));
  }
  socket.destroy();
}

function answerOf(socket: Socket, ends: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let got = '';
    const onData = (data: Buffer) => {
      got += data.toString('latin1');
      if (!ends.some((end) => got.endsWith(end))) return;
      socket.off('data', onData);
      socket.off('error', reject);
      resolve();
    };
    socket.on('data', onData);
    socket.once('error', reject);
  });
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => resolve(socket));
    socket.once('error', reject);
  });
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = await open(port).catch(() => undefined);
    socket?.destroy();
    if (socket) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on port ${port}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
