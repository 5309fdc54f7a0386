import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { noise } from './kill/changing-tree.ts';
import type { Program } from './program.ts';
import { RegisterWatch } from './register-watch.ts';
import { Stage, received } from './stage.ts';
import { assertSameTree } from './trees.ts';

const MIB = 1024 * 1024;
const WARM_UP_MIB = 160;
const TRANSFER_MIB = 600;
const MOST_GROWTH_MIB = 64;
/** Promised are 30 s; the rest is for a machine that is busy. */
const GONE_WITHIN_MS = 45_000;
const onLinux = {
  skip: existsSync('/proc/self/clear_refs')
    ? false
    : 'only Linux tells how much memory a process has taken',
};

/** Writes incompressible files of some size, in pieces. */
async function fill(dir: string, sizeMib: number, seed: number): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (let done = 0; done < sizeMib; done += 20) {
    await appendFile(join(dir, `${Math.floor(done / 120)}.bin`), noise(20 * MIB, seed + done));
  }
}

/** Most memory that a process has had since the last call, in MiB. */
function peakMib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

async function hasBegun(destination: Program): Promise<void> {
  await destination.line(
    (line) => line.event === 'progress' && Number(line['fileBytes']) + Number(line['bytes']) > 0,
    'progress',
    destination.lines.length,
  );
}

test(
  'a destination that stands still holds nobody up and costs the hub no memory, and catches up',
  onLinux,
  async () => {
    await using stage = await Stage.open();
    const hub = await stage.hub();
    const client = hub.client('ana');
    const watch = await RegisterWatch.start(client);
    const names = ['d1', 'd2', 'd3'] as const;
    const [d1, d2, d3] = await Promise.all(
      names.map(async (name) => await client.receive(stage.path(name), '--as', name)),
    );
    assert(d1 && d2 && d3);
    await watch.untilThere('d3');
    await fill(stage.path('small'), WARM_UP_MIB, 1);
    await fill(stage.path('work'), TRANSFER_MIB, 10_000);

    peakMib(hub.program.pid);
    await client.backup(stage.path('small'), '--copies', '3');
    const usualMib = peakMib(hub.program.pid);

    // In the middle of it, with all that it has asked for still on its way.
    const origin = client.start(['-rd', stage.path('work'), '--copies', '2']);
    await hasBegun(d3);
    d3.signal('SIGSTOP');
    const gone = watch.untilGone('d3');
    const { status, lines, stderr } = await origin.ended;
    assert.equal(status, 0, `${JSON.stringify(lines.at(-1))} ${stderr}`);
    const growthMib = peakMib(hub.program.pid) - usualMib;
    assert(
      growthMib < MOST_GROWTH_MIB,
      `the hub took ${growthMib} MiB more than without it, which was ${usualMib}`,
    );
    assert((await gone) < GONE_WITHIN_MS);
    const { snapshot } = lines.at(-1) as { snapshot?: unknown };
    for (const name of ['d1', 'd2'])
      assertSameTree(client.tree(stage.path(name), 'work'), stage.path('work'));
    assert(!d3.lines.some((line) => line['snapshot'] === snapshot));

    d3.signal('SIGCONT');
    await received(d3, snapshot);
    await watch.untilThere('d3');
    assertSameTree(client.tree(stage.path('d3'), 'work'), stage.path('work'));
  },
);
