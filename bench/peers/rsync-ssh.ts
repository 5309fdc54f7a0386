import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { largestOf } from '../measure/sample.ts';
import type { Sample } from '../measure/sample.ts';
import { startCommand } from '../measure/timed-command.ts';
import type { SshServer } from './sshd.ts';

/**
 * One folder to `copies` folders: as many `rsync -a` over ssh, all started at once; the clock stops
 * with the last.
 *
 * @param state - an empty folder for the copies
 * @returns the figures, and where the copies are. Its processor time is the senders' alone.
 */
export async function rsyncOverSsh(
  ssh: SshServer,
  state: string,
  source: string,
  copies: number,
): Promise<{ readonly sample: Sample; readonly trees: readonly string[] }> {
  const trees = Array.from({ length: copies }, (_, index) => join(state, `copy-${index + 1}`));
  for (const tree of trees) mkdirSync(tree);
  const startMs = performance.now();
  const running = trees.map((tree) =>
    startCommand('rsync', ['-a', '-e', ssh.remoteShell, `${source}/`, `${ssh.login}:${tree}/`]),
  );
  const ends = await Promise.all(running.map(({ ended }) => ended));
  const sample: Sample = {
    seconds: (performance.now() - startMs) / 1000,
    cpuSeconds: ends.reduce((sum, end) => sum + end.cpuSeconds, 0),
    peakBytes: largestOf(ends.map((end) => ({ command: end.peakBytes }))),
  };
  return { sample, trees };
}
