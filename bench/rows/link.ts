import { randomFillSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { FAR_ADDRESS, Link, atFar, atNear, whyNoLink } from '../link/link.ts';
import type { LinkOptions } from '../link/link.ts';
import { startCommand } from '../measure/timed-command.ts';
import { HOST, USER } from '../ours/client.ts';
import { RBBACKUP, RBBACKUPD, doneOf, startServer } from '../ours/program.ts';
import { atMost } from '../report/reading.ts';
import type { Reading } from '../report/result.ts';
import { Workspace } from '../workspace.ts';
import type { Bench, Row } from './row.ts';

const MBIT = 100;
const FILE_BYTES = 1e6;
const SPACE_BYTES = 2e9;
const PORT = 7420;
const BARE_PORT = 7430;
const BARE_TCP = join(import.meta.dirname, '../link/bare-tcp.ts');
/** Of what bare TCP takes for the bytes that were sent: 90 % of the link. */
const MOST_TIMES = 1.11;
const CHANGED = 0.25;
const LOSSES = [0, 1, 5];
const QUICK_LOSSES = [0, 5];

type Transport = 'tcp' | 'udp';
type Sent = { readonly seconds: number; readonly bytes: number };

/** Backups over a slow link: how much of it they use, and what losses do to TCP and UDP. */
export const link: Row = {
  id: 'LINK',
  async *run(bench) {
    const missing = whyNoLink();
    if (missing !== null || !bench.options.contenders.includes('ours')) {
      bench.log(`skipped: ${missing ?? 'ours is not asked for'}`);
      return;
    }
    await using workspace = Workspace.open(bench.options.where, SPACE_BYTES, bench.log);
    yield {
      row: 'LINK',
      work: `random data over ${MBIT} Mbit/s and 50 ms there and back, against bare TCP with as many bytes`,
      where: workspace.where,
      runs: [],
      notes: ['A next backup has a quarter of its files replaced.'],
      ...(await shares(bench, workspace)),
    };
    yield {
      row: 'LINK',
      work: `10 MB of random data over ${MBIT} Mbit/s and 100 ms there and back`,
      where: workspace.where,
      runs: [],
      verdicts: [],
      notes: ['Each way loses so many packets. The whole command counts.'],
      readings: await losses(bench, workspace),
    };
  },
};

async function shares(
  bench: Bench,
  workspace: Workspace,
): Promise<{ readings: Reading[]; verdicts: ReturnType<typeof atMost>[] }> {
  const { isQuick, runs } = bench.options;
  const files = isQuick ? 20 : 400;
  const first: number[] = [];
  const next: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const source = await workspace.empty('source');
    writeRandomFiles(source, files);
    await overLink(workspace, { delayMs: 25, lossPercent: 0, mbit: MBIT }, async (send) => {
      const whole = await send('tcp', source);
      const wholeBareSeconds = await bareSeconds(whole.bytes);
      first.push(whole.seconds / wholeBareSeconds);
      bare.push(wholeBareSeconds / linkSeconds(whole));
      writeRandomFiles(source, files * CHANGED);
      const part = await send('tcp', source);
      next.push(part.seconds / (await bareSeconds(part.bytes)));
    });
  }
  const share = { what: 'first backup', unit: '× bare TCP', values: first } as const;
  const shareOfNext = { what: 'next backup', unit: '× bare TCP', values: next } as const;
  const shareOfBare = {
    what: 'bare TCP, bytes of the first',
    unit: '× their bits by the rate',
    values: bare,
  } as const;
  return {
    readings: [share, shareOfNext, shareOfBare],
    verdicts: [atMost(share, MOST_TIMES), atMost(shareOfNext, MOST_TIMES)],
  };
}

async function losses(bench: Bench, workspace: Workspace): Promise<Reading[]> {
  const { isQuick, runs } = bench.options;
  const source = await workspace.empty('source');
  writeRandomFiles(source, isQuick ? 1 : 10);
  const ways = [
    ...congestionControls().map((congestion) => ({ transport: 'tcp', congestion }) as const),
    { transport: 'udp' } as const,
  ];
  const readings: Reading[] = [];
  for (const lossPercent of isQuick ? QUICK_LOSSES : LOSSES) {
    for (const { transport, ...more } of ways) {
      const values: number[] = [];
      const options = { delayMs: 50, lossPercent, mbit: MBIT, ...more };
      for (let run = 0; run < runs; run += 1) {
        await overLink(workspace, options, async (send) => {
          values.push((await send(transport, source)).seconds);
        });
      }
      const how = 'congestion' in more ? `TCP (${more.congestion})` : 'UDP';
      const reading = { what: `${lossPercent} % lost, ${how}`, unit: 's', values } as const;
      bench.log(`${reading.what}: ${values.map((value) => value.toFixed(2)).join(', ')} s`);
      readings.push(reading);
    }
  }
  return readings;
}

/** A new hub at the far end, and what sends to it from the near one. */
async function overLink(
  workspace: Workspace,
  options: LinkOptions,
  work: (send: (transport: Transport, source: string) => Promise<Sent>) => Promise<void>,
): Promise<void> {
  const state = await workspace.empty('state');
  const config = join(state, 'config');
  mkdirSync(config);
  const at = ['--server', `${FAR_ADDRESS}:${PORT}`, '--name', USER, '--host', HOST];
  const common = [...at, '--config', config, '--json'];
  await using _ = await Link.open(options);
  const listening = ['--listen', `${FAR_ADDRESS}:${PORT}`, '--console', 'off', '--open', '--json'];
  const hub = await startServer(...atFar(RBBACKUPD, [join(state, 'hub'), ...listening]));
  const run = async (parameters: readonly string[], transport: Transport): Promise<string> => {
    const client = atNear(RBBACKUP, [...parameters, ...common, '--transport', transport]);
    return (await startCommand(...client).ended).stdout;
  };
  try {
    await run(['login'], 'tcp');
    await work(async (transport, source) => {
      const startMs = performance.now();
      const done = doneOf(await run(['-rd', source, '--set', 'link'], transport));
      return { seconds: (performance.now() - startMs) / 1000, bytes: Number(done['sentBytes']) };
    });
  } finally {
    await hub.stop();
  }
}

/** How long bare TCP takes over the link that is open, from connecting to the last byte's arrival. */
async function bareSeconds(bytes: number): Promise<number> {
  const where = [FAR_ADDRESS, String(BARE_PORT)];
  const server = await startServer(...atFar(process.execPath, [BARE_TCP, 'serve', ...where]));
  try {
    const send = atNear(process.execPath, [BARE_TCP, 'send', ...where, String(bytes)]);
    return Number(doneOf((await startCommand(...send).ended).stdout)['seconds']);
  } finally {
    await server.stop();
  }
}

/** What the link needs for the bytes of a backup. */
function linkSeconds({ bytes }: Sent): number {
  return (bytes * 8) / (MBIT * 1e6);
}

function writeRandomFiles(folder: string, count: number): void {
  const content = new Uint8Array(FILE_BYTES);
  for (let index = 0; index < count; index += 1) {
    writeFileSync(join(folder, `file-${index}`), randomFillSync(content));
  }
}

/** Those of this kernel that are usual. */
function congestionControls(): string[] {
  const file = '/proc/sys/net/ipv4/tcp_available_congestion_control';
  const available = readFileSync(file, 'utf8').trim().split(' ');
  return ['cubic', 'bbr'].filter((name) => available.includes(name));
}
