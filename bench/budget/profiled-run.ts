import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { configOf, logIn, startClient } from '../ours/client.ts';
import { Hub } from '../ours/hub.ts';
import type { Workspace } from '../workspace.ts';
import { readProfiles } from './profile.ts';
import type { ThreadProfile } from './profile.ts';

/** The programs whose time is told, in the order of the byte's journey. */
export const PARTS = ['origin', 'hub, taking in', 'hub, giving out', 'destination'] as const;

export type Part = (typeof PARTS)[number];

/** One program's run under the profiler. */
export interface PartProfile {
  readonly part: Part;
  readonly threads: readonly ThreadProfile[];
  /** User and system time of the whole process, as the kernel counts it. */
  readonly cpuSeconds: number;
}

/** A first backup, then a destination that comes afterwards; each with a hub of its own, all of them profiled. */
export async function profiledRun(workspace: Workspace, source: string): Promise<PartProfile[]> {
  const state = await workspace.empty('state');
  const origin = configOf(state, 'origin');
  const sent = await withHub(state, 'taking', async (port, env) => {
    await logIn(origin, port);
    return (await startClient(origin, port, ['-rd', source], env('origin')).ended).cpuSeconds;
  });
  const received = await withHub(state, 'giving', async (port, env) => {
    const config = configOf(state, 'copy');
    await logIn(config, port);
    const order = ['receive', '--once', join(state, 'copy')];
    return (await startClient(config, port, order, env('destination')).ended).cpuSeconds;
  });
  const profiles = (name: string): ThreadProfile[] => readProfiles(folderOf(state, name));
  return [
    { part: 'origin', threads: profiles('origin'), cpuSeconds: sent.client },
    { part: 'hub, taking in', threads: profiles('taking'), cpuSeconds: sent.hub },
    { part: 'hub, giving out', threads: profiles('giving'), cpuSeconds: received.hub },
    { part: 'destination', threads: profiles('destination'), cpuSeconds: received.client },
  ];
}

async function withHub(
  state: string,
  name: string,
  work: (port: number, env: (name: string) => Record<string, string>) => Promise<number>,
): Promise<{ readonly client: number; readonly hub: number }> {
  const env = (program: string): Record<string, string> => {
    const folder = folderOf(state, program);
    mkdirSync(folder);
    return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` };
  };
  const hub = await Hub.start(state, 0, env(name));
  try {
    const client = await work(hub.port, env);
    return { client, hub: hub.cpuSeconds };
  } finally {
    await hub.stop();
  }
}

function folderOf(state: string, program: string): string {
  return join(state, `profile-${program}`);
}
