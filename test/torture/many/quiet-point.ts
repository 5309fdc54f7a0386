/** While nobody does anything: all that the model says must be so. */

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { Line } from '../../e2e/program.ts';
import type { Actor } from './actor.ts';
import type { History } from './history.ts';
import type { Ledger } from './work-folder.ts';

const CATCH_UP_MS = 240_000;
const LOOK_AGAIN_MS = 500;
/** Of a run: its pages, lists and record, and a bundle that two send at the same time. */
const BYTES_A_RUN = 40_000;
const SLACK_BYTES = 4 * 1024 * 1024;

/** Every list is right, every destination that is there holds the newest state of its user's sets, and the hub says so. */
export async function lookAtAll(actors: readonly Actor[], history: History): Promise<void> {
  const users = new Set(actors.map(({ machine }) => machine.user));
  await Promise.all(
    [...users].map(async (user) => {
      await lookAtUser(
        actors.filter(({ machine }) => machine.user === user),
        history,
      );
    }),
  );
}

async function lookAtUser(own: readonly Actor[], history: History): Promise<void> {
  await caughtUp(own, history);
  for (const { machine, keeper } of own) {
    if (!keeper.isThere) continue;
    for (const { machine: origin } of own) {
      for (const { model } of origin.sets) {
        const [tree, ...others] = model.snapshots.get(model.newest ?? '') ?? [];
        if (tree === undefined || others.length > 0) continue;
        const wrong = keeper.differs(origin.user, origin.host, model.name, tree);
        if (wrong !== null)
          history.fault(machine.name, `its copy of ${origin.host}:${model.name}: ${wrong}`);
        history.count('copies compared');
      }
    }
  }
}

/** Waits until the hub lists each destination at the newest snapshot of each set, and at no other. */
async function caughtUp(own: readonly Actor[], history: History): Promise<void> {
  const deadlineMs = performance.now() + CATCH_UP_MS;
  const [first] = own;
  for (;;) {
    const rows = await (first as Actor).list();
    for (const { machine } of own) machine.listed(rows);
    const there = own.filter(({ keeper }) => keeper.isThere);
    const wrong = there.flatMap(({ keeper }) =>
      own.flatMap(({ machine: { host, sets } }) =>
        sets.flatMap(({ model }) => wrongOf(rows, host, model.name, keeper.label)),
      ),
    );
    if (wrong.length === 0) return;
    if (performance.now() > deadlineMs) {
      const who = first?.machine.user ?? '';
      history.fault(who, `not caught up after ${CATCH_UP_MS} ms: ${wrong.join('; ')}`);
      return;
    }
    await pause(LOOK_AGAIN_MS);
  }
}

function wrongOf(rows: readonly Line[], host: string, set: string, label: string): string[] {
  const own = rows.filter((row) => row['host'] === host && row['set'] === set);
  return own.flatMap((row, i) => {
    const copies = row['copies'] as readonly { name: string }[];
    const isListed = copies.some(({ name }) => name === label);
    const words = `${label} ${isListed ? 'at' : 'not at'} ${host}:${set} ${String(row['snapshot']).slice(0, 8)}`;
    return isListed === (i === 0) ? [] : [words];
  });
}

/** What is new is kept once: more than that, and a bit for each run, the vault must not hold. */
export function lookAtVault(dir: string, ledger: Ledger, history: History): string {
  const runs = ['-rd', '-r'].flatMap((verb) => [
    history.counts.get(`${verb} ok`) ?? 0,
    history.counts.get(`${verb} broken off`) ?? 0,
  ]);
  const all = runs.reduce((sum, count) => sum + count, 0);
  const mostBytes = ledger.newBytes * 1.05 + all * BYTES_A_RUN + SLACK_BYTES;
  const bytes = folderBytes(join(dir, 'packs'));
  const words = `the vault has ${mb(bytes)} MB for ${mb(ledger.newBytes)} MB that were new in ${all} runs`;
  if (bytes > mostBytes) history.fault('quiet', words);
  return words;
}

function folderBytes(dir: string): number {
  let bytes = 0;
  for (const item of readdirSync(dir, { recursive: true, withFileTypes: true }))
    if (item.isFile()) bytes += statSync(join(item.parentPath, item.name)).size;
  return bytes;
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
