/** One damage done to what a destination keeps, and all that is to be seen of it. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { describeTree } from '../../e2e/trees.ts';
import { client } from './in-process.ts';
import type { Ran } from './in-process.ts';
import { assertSame, assertSane, Fault } from './judge.ts';
import type { Outcome } from './outcome.ts';

/** A transfer of some files takes less than a second. */
const GIVE_UP_MS = 90_000;

export type DestinationTrial = {
  readonly port: number;
  readonly config: string;
  /** The folder that is received, and its full name. */
  readonly source: string;
  readonly set: string;
  /** Makes the folder's next version. */
  readonly advance: () => void;
  /** A new folder. */
  readonly dir: string;
  /** Whether a run is broken off first, so that it leaves a journal. */
  readonly brokenOff: boolean;
  readonly verifyFirst: boolean;
  /** @returns false if there is nothing to damage so */
  readonly inflict: (dir: string) => boolean;
};

/** @returns null if there was nothing to damage so */
export async function destinationTrial(trial: DestinationTrial): Promise<Outcome | null> {
  const { dir, source } = trial;
  const first = await receive(trial);
  if (first.done['ok'] !== true) throw new Fault(`the first transfer: ${JSON.stringify(first)}`);
  if (trial.brokenOff) await breakOff(trial);
  if (!trial.inflict(dir)) return null;
  const seen: Ran[] = [];
  if (trial.verifyFirst) seen.push(await verify(trial));
  trial.advance();
  await backUp(trial);
  const next = await receive(trial);
  seen.push(next);
  if (next.done['ok'] !== true) await followAdvice(trial, next);
  assertSame(describeTree(dir), describeTree(source), 'the copy after the next transfer');
  const last = await verify(trial);
  if (last.status !== 0) throw new Fault(`verify after all: ${JSON.stringify(last.lines)}`);
  assertSame(describeTree(dir), describeTree(source), 'the copy after verify');
  if (seen.some(({ lines, done }) => done['ok'] !== true && !hasProblems(lines))) return 'refused';
  if (seen.some(({ done }) => done['ok'] !== true)) return 'told';
  const isMended = seen.some(
    ({ done, stderr }) => Number(done['mended'] ?? 0) > 0 || stderr !== '',
  );
  return isMended ? 'mended' : 'unharmed';
}

export async function backUp({
  port,
  config,
  source,
}: Pick<DestinationTrial, 'port' | 'config' | 'source'>): Promise<void> {
  const ran = await client(port, config, ['-rd', source]);
  assertSane(ran, 'backup');
  if (ran.status !== 0) throw new Fault(`the backup fails: ${JSON.stringify(ran.done)}`);
}

/** Receives until one transfer has ended, well or not. */
async function receive(trial: DestinationTrial, ...more: string[]): Promise<Ran> {
  const { port, config, dir, set } = trial;
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), GIVE_UP_MS);
  const onOutput = (text: string): void => {
    if (text.includes('"event":"done"')) stop.abort();
  };
  const args = ['receive', dir, '--from', set, '--as', 'copy', ...more];
  const ran = await client(port, config, args, { signal: stop.signal, onOutput });
  clearTimeout(late);
  const done = ran.lines.find(({ event }) => event === 'done') ?? ran.done;
  if (done['code'] === 'interrupted') throw new Fault('nothing was transferred');
  assertSane({ ...ran, done, status: done['ok'] === true ? 0 : 1 }, 'receive');
  return { ...ran, done };
}

/** The next version comes slowly, and is given up in the middle. */
async function breakOff(trial: DestinationTrial): Promise<void> {
  trial.advance();
  await backUp(trial);
  const { port, config, dir, set } = trial;
  const stop = new AbortController();
  const onOutput = (text: string): void => {
    if (text.includes('"event":"progress"')) stop.abort();
  };
  const args = ['receive', dir, '--from', set, '--as', 'copy', '--limit', '100k'];
  await client(port, config, args, { signal: stop.signal, onOutput });
}

async function verify({ port, config, dir, source }: DestinationTrial): Promise<Ran> {
  const ran = await client(port, config, ['verify', dir]);
  assertSane(ran, 'verify');
  if (ran.status === 0 && Number(ran.done['files']) === 0)
    throw new Fault(`verify has looked at nothing and says it is whole, for ${source}`);
  return ran;
}

/** What can't go on has said what to do. */
async function followAdvice(trial: DestinationTrial, ran: Ran): Promise<void> {
  const { dir } = trial;
  const paths = ran.lines
    .filter(({ event }) => event === 'problem')
    .map(({ path }) => String(path));
  for (const path of paths) rmSync(join(dir, path), { recursive: true, force: true });
  const message = String(ran.done['message']);
  const named = message.includes('use --from')
    ? join(dir, '.rbbackup', 'destination.json')
    : /(\/\S+) is damaged; move it away/.exec(message)?.[1];
  if (named !== undefined) rmSync(named, { force: true });
  if (paths.length === 0 && named === undefined)
    throw new Fault(`no word of what to do: ${JSON.stringify(ran.done)}`);
  trial.advance();
  await backUp(trial);
  const again = await receive(trial);
  if (again.done['ok'] !== true)
    throw new Fault(
      `it did not help: ${JSON.stringify(ran.done)} then ${JSON.stringify(again.done)}`,
    );
}

function hasProblems(lines: Ran['lines']): boolean {
  return lines.some(({ event }) => event === 'problem');
}
