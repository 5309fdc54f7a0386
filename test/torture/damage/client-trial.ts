/** One damage done to what an origin remembers, and all that is to be seen of it. */

import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { describeTree } from '../../e2e/trees.ts';
import { client } from './in-process.ts';
import { assertSane, Fault, restoredWhole } from './judge.ts';
import type { Outcome } from './outcome.ts';
import { copyTo } from './scene.ts';

export type ClientTrial = {
  readonly port: number;
  /** A configuration that knows the hub and remembers the folder. */
  readonly config: string;
  readonly source: string;
  /** Makes the folder's next version. */
  readonly advance: () => void;
  /** @returns false if there is nothing to damage so */
  readonly inflict: (config: string) => boolean;
  readonly room: string;
};

/** @returns null if there was nothing to damage so */
export async function clientTrial(trial: ClientTrial): Promise<Outcome | null> {
  const { port, source, room } = trial;
  const config = copyTo(trial.config, join(room, 'damaged-config'));
  if (!trial.inflict(config)) return null;
  trial.advance();
  let ran = await client(port, config, ['-rd', source]);
  assertSane(ran, 'backup');
  const isRefused = ran.status !== 0;
  if (isRefused) {
    const message = String(ran.done['message']);
    if (!/remove/.test(message)) throw new Fault(`no word of what to do: ${message}`);
    const isKey = message.includes('device-key.pem');
    for (const name of isKey ? ['device-key.pem', 'device-cert.pem'] : ['hubs.json'])
      rmSync(join(config, name), { force: true });
    ran = await client(port, config, ['-rd', source]);
    if (ran.status !== 0) throw new Fault(`it did not help: ${JSON.stringify(ran.done)}`);
  }
  const known = { id: String(ran.done['snapshot']), tree: describeTree(source), isLong: false };
  if (!(await restoredWhole(port, config, known, join(room, 'restored'))))
    throw new Fault('what was backed up with a damaged memory is not whole');
  return isRefused ? 'refused' : 'unharmed';
}
