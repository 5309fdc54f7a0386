import { readFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join, resolve } from 'node:path';

import * as v from 'valibot';

import { writeDurably } from '../base/durable-file.ts';
import { makeFolders } from '../base/durable-folders.ts';
import { RbError, systemCodeOf } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';
import { checkLabel } from '../model/snapshot.ts';
import { loadOrCreateIdentity } from '../transport/identity.ts';
import type { Identity } from '../transport/transport.ts';
import { holdLock } from './hold-lock.ts';

const LOCK_WAIT_MS = 20_000;

/** A hub that this device trusts, and the name it logs in by there. */
export type KnownHub = {
  /** HOST:PORT, the one that worked last first. */
  addresses: string[];
  fingerprint: string;
  name: string;
};

const fileSchema = v.object({
  version: v.literal(1),
  hubs: v.array(
    v.object({
      addresses: v.array(v.string()),
      fingerprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      name: v.string(),
    }),
  ),
});

/** What a device remembers: its key, the hubs it trusts, and the states of its sets. All of it is private to its user. */
export type Config = {
  readonly dir: string;
  readonly identity: Identity;
  /** The hub used last comes first. */
  readonly hubs: readonly KnownHub[];
};

/** The configuration folder: asked for, else RBBACKUP_CONFIG, else the platform's place for such. */
export function configDir(asked: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  if (asked !== undefined) return resolve(asked);
  if (env['RBBACKUP_CONFIG']) return resolve(env['RBBACKUP_CONFIG']);
  if (process.platform === 'darwin')
    return join(homedir(), 'Library', 'Application Support', 'rbbackup');
  if (process.platform === 'win32') return join(env['APPDATA'] ?? homedir(), 'rbbackup');
  return join(env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'rbbackup');
}

/**
 * Opens the configuration, and makes the device's key on first use.
 * @throws dir-unwritable; usage if the file was damaged by hand
 */
export async function openConfig(dir: string): Promise<Config> {
  makePrivateFolder(dir);
  // Several commands may start at once on a new machine: one makes the key, the others find it.
  const lock = await holdLock(
    join(dir, 'lock.db'),
    LOCK_WAIT_MS,
    `Another command holds ${dir}; try again.`,
  );
  try {
    const hubs = await readHubs(dir);
    const identity = await loadOrCreateIdentity(dir, hubs.length > 0);
    return { dir, identity, hubs };
  } finally {
    lock.release();
  }
}

/** Remembers a hub, or that it was used last. Replaces what was known under the same fingerprint and name. */
export async function rememberHub(dir: string, hub: KnownHub): Promise<void> {
  await changeHubs(dir, (hubs) => [hub, ...hubs.filter((known) => !isSameHub(known, hub))]);
}

/** Remembers where a hub is reached, if it is still known. Which was used last stays as it is. */
export async function rememberAddresses(dir: string, hub: KnownHub): Promise<void> {
  await changeHubs(dir, (hubs) => hubs.map((known) => (isSameHub(known, hub) ? hub : known)));
}

/** Which of the known hubs; the same hub may be known under several users' names. */
export type HubName = Pick<KnownHub, 'fingerprint' | 'name'>;

/** Makes a known hub the one that is used when none is named. @throws not-found */
export async function chooseHub(dir: string, which: HubName): Promise<void> {
  await changeHubs(dir, (hubs) => [
    knownHub(hubs, which),
    ...hubs.filter((known) => !isSameHub(known, which)),
  ]);
}

/** Trusts a hub no more. What is remembered of sets there stays. @throws not-found */
export async function forgetHub(dir: string, which: HubName): Promise<void> {
  await changeHubs(dir, (hubs) => {
    const gone = knownHub(hubs, which);
    return hubs.filter((known) => known !== gone);
  });
}

/** @throws not-found */
export function knownHub(hubs: readonly KnownHub[], which: HubName): KnownHub {
  const known = hubs.find((hub) => isSameHub(hub, which));
  if (known !== undefined) return known;
  const why = `This device isn't logged in as ${escapeName(which.name)} at that hub any more; log in again.`;
  throw new RbError('not-found', why);
}

function isSameHub(a: HubName, b: HubName): boolean {
  return a.fingerprint === b.fingerprint && a.name === b.name;
}

async function changeHubs(
  dir: string,
  change: (hubs: readonly KnownHub[]) => readonly KnownHub[],
): Promise<void> {
  const lock = await holdLock(
    join(dir, 'lock.db'),
    LOCK_WAIT_MS,
    `Another command holds ${dir}; try again.`,
  );
  try {
    const hubs = await readHubs(dir);
    const next = change(hubs);
    if (JSON.stringify(next) === JSON.stringify(hubs)) return;
    await writeDurably(hubsPath(dir), `${JSON.stringify({ version: 1, hubs: next }, null, 2)}\n`);
  } finally {
    lock.release();
  }
}

/** The hubs that this device trusts, the one used last first. @throws dir-unwritable; usage if the file was damaged */
export async function readHubs(dir: string): Promise<KnownHub[]> {
  let text: string;
  try {
    text = await readFile(hubsPath(dir), 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw new RbError(
      'dir-unwritable',
      `${hubsPath(dir)} can't be read; check its owner and mode.`,
      { cause: error },
    );
  }
  try {
    return v.parse(fileSchema, JSON.parse(text)).hubs;
  } catch (cause) {
    throw new RbError('usage', `${hubsPath(dir)} is damaged; remove it and log in again.`, {
      cause,
    });
  }
}

function makePrivateFolder(dir: string): void {
  try {
    makeFolders(dir, 0o700);
  } catch (cause) {
    const why = `The configuration folder ${dir} can't be made; choose another with --config DIR.`;
    throw new RbError('dir-unwritable', why, { cause });
  }
}

function hubsPath(dir: string): string {
  return join(dir, 'hubs.json');
}

/** This machine's name as sets and destinations carry it: the first label of its host name, or what was asked for. */
export function hostLabel(asked: string | undefined): string {
  if (asked !== undefined) {
    checkLabel('host', asked);
    return asked;
  }
  const cleaned = hostname()
    .replaceAll(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, 100);
  return cleaned === '' || cleaned === '.' || cleaned === '..' ? 'localhost' : cleaned;
}
