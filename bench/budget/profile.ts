import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { groupOf } from './groups.ts';
import type { Frame, Group } from './groups.ts';

/** What one thread did with its time. */
export interface ThreadProfile {
  /** `main`, or the name of the worker's file. */
  readonly thread: string;
  /** Seconds by group; a thread that waits is in none. */
  readonly seconds: Readonly<Partial<Record<Group, number>>>;
  /** What fell into the rest, by name: the largest first. */
  readonly rest: readonly (readonly [name: string, seconds: number])[];
}

/** The part of a .cpuprofile of V8 that is needed; times are in microseconds. */
interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: Frame }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const REST_SHOWN = 8;
/** `CPU.DATE.TIME.PID.THREAD.NUMBER.cpuprofile` */
const FILE_NAME = /^CPU\.\d+\.\d+\.(\d+)\.(\d+)\.\d+\.cpuprofile$/;

/** Sums up what `--cpu-prof` of one program left in a folder: one file for each thread. */
export function readProfiles(folder: string): ThreadProfile[] {
  return readdirSync(folder)
    .filter((name) => FILE_NAME.test(name))
    .toSorted()
    .map((name) => {
      const profile = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile;
      return summarise(profile, FILE_NAME.exec(name)?.[2] === '0');
    });
}

function summarise(profile: CpuProfile, isMain: boolean): ThreadProfile {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const seconds: Partial<Record<Group, number>> = {};
  const rest = new Map<string, number>();
  for (const [index, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    const group = frame === undefined ? null : groupOf(frame);
    if (frame === undefined || group === null) continue;
    // A delta is the time before its sample; the last few may be negative, where the clock was corrected.
    const spent = Math.max(0, profile.timeDeltas[index] ?? 0) / 1e6;
    seconds[group] = (seconds[group] ?? 0) + spent;
    if (group !== 'rest') continue;
    const name = `${frame.functionName} ${frame.url}`;
    rest.set(name, (rest.get(name) ?? 0) + spent);
  }
  const largest = [...rest].toSorted(([, left], [, right]) => right - left).slice(0, REST_SHOWN);
  return { thread: isMain ? 'main' : workerOf(frames), seconds, rest: largest };
}

/** A worker is told by the module that it began with. */
function workerOf(frames: ReadonlyMap<number, Frame>): string {
  for (const { url } of frames.values()) {
    const name = /\/([a-z-]+-(?:worker|thread))\.ts$/.exec(url)?.[1];
    if (name !== undefined) return name;
  }
  return 'worker';
}
