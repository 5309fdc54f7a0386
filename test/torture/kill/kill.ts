/**
 * `npm run torture -- kill [--kills N] [--minutes N] [--seed N] [--worlds N] [--kind K …] [--report FILE] [--dir FOLDER]`:
 * processes of each kind are ended with SIGKILL, at every step that matters for what is durable and anywhere else; after
 * each kill what is there is looked at, and it goes on, until everything is compared byte by byte.
 */

import process from 'node:process';
import { parseArgs } from 'node:util';

import { createBundlePool } from '../../../src/chunk/bundles.ts';
import { roomyFolder } from '../../e2e/data.ts';
import { noKillAtCall } from '../../e2e/kill/kill-at-call.ts';
import { AimBook, KINDS } from './aims.ts';
import type { Kind } from './aims.ts';
import { torment } from './torment.ts';
import { Tally } from './tally.ts';
import { WorkBook } from './victim.ts';

const ROOM_BYTES = 2 ** 30;
const TELL_MS = 10_000;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '600' },
    seed: { type: 'string' },
    worlds: { type: 'string', default: '5' },
    kind: { type: 'string', multiple: true },
    report: { type: 'string' },
    dir: { type: 'string' },
  },
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const kinds = KINDS.filter((kind: Kind) => values.kind === undefined || values.kind.includes(kind));
const why = noKillAtCall();
if (why !== false) process.stdout.write(`${why}: processes are killed anywhere, not at chosen steps\n`);
const tally = new Tally();
const aims = new AimBook(why === false ? 60 : 0);
const readers = createBundlePool(1);
process.stdout.write(`seed ${seed}, killing: ${kinds.join(', ')}\n`);
const tell = (): void => {
  process.stdout.write(`${tally.line()}\n`);
  if (values.report !== undefined) tally.write(values.report, seed, aims);
};
const timer = setInterval(tell, TELL_MS);
await torment({
  dir: values.dir ?? roomyFolder(ROOM_BYTES),
  seed,
  kinds,
  kills: Number(values.kills),
  minutes: Number(values.minutes),
  worlds: Number(values.worlds),
  books: { aims, work: new WorkBook(), tally, readers },
});
clearInterval(timer);
tell();
await readers.close();
process.exitCode = tally.faults.length === 0 && tally.kills > 0 ? 0 : 1;
