/** What the hub and its console keep in the catalog besides backups; other processes read and change it too. */

import { createHash, randomBytes } from 'node:crypto';

import type { Catalog } from '../../catalog/catalog.ts';

const PASSWORD = 'console.password';
const SECRET = 'console.secret';
const CHOSEN = 'console.listen';
/** Where the hub listened last, for invitations that are made while it doesn't run. */
const LAST_ADDRESS = 'listen.address';
const LAST_PORT = 'listen.port';

const SECRET_BYTES = 32;
const EPOCH_DIGITS = 32;
const MOST_PORT = 65_535;

/** Where to listen; port 0 is any free one. */
export type ListenAt = { readonly host: string; readonly port: number };

type Settings = Pick<Catalog, 'setting' | 'setSetting'>;

/** The hash of the console's password; undefined before there is one. */
export function passwordHash(settings: Settings): string | undefined {
  return settings.setting(PASSWORD);
}

/** Sets the console's password by its hash. All sessions end by it, see {@link sessionEpoch}. */
export function setPasswordHash(settings: Settings, hash: string): void {
  settings.setSetting(PASSWORD, hash);
}

/** Another text for each password that was set: sessions carry it, and one that carries an older one has ended. */
export function sessionEpoch(settings: Settings): string {
  const hash = passwordHash(settings);
  if (hash === undefined) return '';
  return createHash('sha256').update(hash).digest('hex').slice(0, EPOCH_DIGITS);
}

/** The key of the console's cookies, made at first use: sessions outlive a restart. */
export function cookieSecret(settings: Settings): Buffer {
  const kept = Buffer.from(settings.setting(SECRET) ?? '', 'hex');
  if (kept.length === SECRET_BYTES) return kept;
  const made = randomBytes(SECRET_BYTES);
  settings.setSetting(SECRET, made.toString('hex'));
  return made;
}

/** Where the hub was told in the console to listen; null if it never was. */
export function chosenListening(settings: Settings): ListenAt | null {
  try {
    const { host, port } = JSON.parse(settings.setting(CHOSEN) ?? 'null') as Partial<ListenAt>;
    if (typeof host !== 'string' || host === '') return null;
    const isPort = Number.isInteger(port) && Number(port) >= 0 && Number(port) <= MOST_PORT;
    return isPort ? { host, port: Number(port) } : null;
  } catch {
    return null;
  }
}

export function rememberChoice(settings: Settings, { host, port }: ListenAt): void {
  settings.setSetting(CHOSEN, JSON.stringify({ host, port }));
}

/** Notes where the hub listens now. */
export function rememberListening(settings: Settings, address: string, port: number): void {
  if (settings.setting(LAST_ADDRESS) !== address) settings.setSetting(LAST_ADDRESS, address);
  if (settings.setting(LAST_PORT) !== String(port)) settings.setSetting(LAST_PORT, String(port));
}

/** Where the hub listened last; null if it never did. */
export function lastListening(
  settings: Settings,
): { readonly address: string; readonly port: number } | null {
  const address = settings.setting(LAST_ADDRESS);
  const port = Number(settings.setting(LAST_PORT));
  return address === undefined || !Number.isInteger(port) ? null : { address, port };
}
