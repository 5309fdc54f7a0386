/**
 * `npm run torture -- kill [--kills N] [--minutes N] [--seed N] [--worlds N] [--kind K …] [--report FILE] [--dir FOLDER]`:
 * processes of each kind are ended with SIGKILL, at every step that changes what is on disk and anywhere else; after each
 * kill what is there is looked at, and it goes on, until everything is compared byte by byte.
 */

import process from 'node:process';
import { parseArgs } from 'node:util';

import { roomyFolder } from '../../e2e/data.ts';
import { KINDS } from './aims.ts';
import { kill } from './kill-all.ts';

const ROOM_BYTES = 2 ** 30;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '600' },
    seed: { type: 'string' },
    worlds: { type: 'string', default: '6' },
    kind: { type: 'string', multiple: true },
    report: { type: 'string' },
    dir: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const kinds = KINDS.filter((kind) => values.kind === undefined || values.kind.includes(kind));
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`seed ${seed}, killing: ${kinds.join(', ')}`);
const tally = await kill(
  {
    dir: values.dir ?? roomyFolder(ROOM_BYTES),
    seed,
    kinds,
    kills: Number(values.kills),
    minutes: Number(values.minutes),
    worlds: Number(values.worlds),
  },
  say,
  values.report,
  stop.signal,
);
process.exitCode = tally.faults.length === 0 && tally.kills > 0 ? 0 : 1;
