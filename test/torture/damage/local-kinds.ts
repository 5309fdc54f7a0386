/** The kinds of things that destinations and origins keep for themselves, and how each is damaged. */

import { copyFileSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Random } from '../../rebuild/random-tree.ts';
import { damageFile } from './inflict.ts';
import type { Damage } from './inflict.ts';

/** Folders of the same layout with other contents, for what is swapped. */
export type LocalKind = {
  readonly name: string;
  readonly of: 'destination' | 'origin';
  /** Whether it is only there with a long file, or after a run that was broken off. */
  readonly needs?: 'long' | 'journal';
  /** @returns false if there is nothing to damage so */
  readonly inflict: (dir: string, how: Damage, random: Random, twin: string) => boolean;
};

export const LOCAL_KINDS: readonly LocalKind[] = [
  own('identity of a destination', 'destination', () => '.rbbackup/destination.json'),
  own("record of a destination's set", 'destination', (dir) => ofSet(dir, 'set.json')),
  own("state of a destination's set", 'destination', (dir) => ofSet(dir, 'state')),
  { ...own('lists of a destination', 'destination', (dir) => ofSet(dir, 'lists')), needs: 'long' },
  {
    ...own('journal of a destination', 'destination', (dir) => ofSet(dir, 'journal')),
    needs: 'journal',
  },
  {
    ...own('lock of a destination', 'destination', () => '.rbbackup/lock.db'),
    inflict: damageLock('.rbbackup/lock.db'),
  },
  { ...own('file of a copy', 'destination', () => 'noise 0'), inflict: damageCopy },
  own('memory of an origin', 'origin', memoryOf),
  own('known hubs', 'origin', () => 'hubs.json'),
  own('key of a device', 'origin', () => 'device-key.pem'),
  own('certificate of a device', 'origin', () => 'device-cert.pem'),
  { ...own('lock of a configuration', 'origin', () => 'lock.db'), inflict: damageLock('lock.db') },
];

function own(name: string, of: LocalKind['of'], pathIn: (dir: string) => string | null): LocalKind {
  return {
    name,
    of,
    inflict: (dir, how, random, twinDir) => {
      const [path, twin] = [pathIn(dir), pathIn(twinDir)];
      if (path === null || (how === 'swapped' && twin === null)) return false;
      if (how === 'swapped') copyFileSync(join(twinDir, String(twin)), join(dir, path));
      else damageFile(join(dir, path), null, how, random);
      return true;
    },
  };
}

function ofSet(dir: string, file: string): string | null {
  const sets = join('.rbbackup', 'sets');
  const [set] = readdirSync(join(dir, sets));
  if (set === undefined || !readdirSync(join(dir, sets, set)).includes(file)) return null;
  return statSync(join(dir, sets, set, file)).size === 0 ? null : join(sets, set, file);
}

function memoryOf(dir: string): string | null {
  const [set] = readdirSync(join(dir, 'memory'));
  return set === undefined ? null : join('memory', set, 'state');
}

function damageLock(path: string): LocalKind['inflict'] {
  return (dir, how, random) => {
    const file = join(dir, path);
    if (how === 'swapped') return false;
    writeFileSync(file, Buffer.from(Array.from({ length: 3000 }, () => random(256))));
    damageFile(file, null, how, random);
    return true;
  };
}

/** So that neither size nor time tell, where that is possible. */
function damageCopy(dir: string, how: Damage, random: Random): boolean {
  const path = join(dir, 'noise 0');
  const { atime, mtime } = statSync(path);
  if (how === 'swapped') {
    const twin = join(dir, 'noise 1');
    damageFile(path, twin, how, random);
  } else damageFile(path, null, how, random);
  if (how !== 'removed') utimesSync(path, atime, mtime);
  return true;
}
