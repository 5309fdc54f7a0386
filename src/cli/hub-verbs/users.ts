import type { Command } from 'commander';

import { RbError } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import { DUTIES, RIGHTS } from '../../catalog/people.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Device, Duty, Rights } from '../../catalog/people.ts';
import type { Cli } from '../cli.ts';
import { hubFolder, requireHubFolder, withCatalog } from '../hub-folder.ts';
import { formatTime } from '../view/counts.ts';
import { renderTable } from '../view/table.ts';
import { addLimitOptions, limitUser } from './user-limits.ts';
import type { LimitOptions } from './user-limits.ts';

type UsersOptions = LimitOptions & { readonly json?: true };
type Answer = { readonly objects: readonly object[]; readonly lines: readonly string[] };

const SHORT_FINGERPRINT_DIGITS = 16;
const USAGE =
  'Say list, remove NAME, rights NAME RIGHTS, limit NAME, devices, duty FINGERPRINT DUTY, or forget FINGERPRINT.';

export function defineUsers(command: Command, cli: Cli): void {
  command
    .usage(`DIR [list]
       rbbackupd users DIR remove NAME         its sets and snapshots stay
       rbbackupd users DIR rights NAME RIGHTS  ${RIGHTS.join(', ')}
       rbbackupd users DIR limit NAME [--bytes SIZE] [--sets N] …
       rbbackupd users DIR devices [NAME]
       rbbackupd users DIR duty FINGERPRINT DUTY    ${DUTIES.join(', ')}
       rbbackupd users DIR forget FINGERPRINT  or a unique beginning of it`)
    .description(
      'List users and devices, change what they may do and take, remove them. The hub may run or not. A device may add snapshots and read (duty add), remove and release them as well (all), or be a destination only.',
    )
    .argument('<dir>', "the hub's directory")
    .argument('[what...]', 'what to do; list if left out')
    .option('--json', 'one JSON object a line');
  addLimitOptions(command);
  command.action(
    async (dir: string, what: string[], options: UsersOptions) =>
      await users(dir, what, options, cli),
  );
}

async function users(
  dirText: string,
  what: readonly string[],
  options: UsersOptions,
  cli: Cli,
): Promise<void> {
  const dir = hubFolder(dirText);
  await requireHubFolder(dir);
  const columns = cli.stdout.isTTY ? cli.stdout.columns || 80 : Infinity;
  const { objects, lines } = await withCatalog(dir, (catalog) =>
    answer(catalog, what, columns, options),
  );
  const texts = options.json
    ? [...objects, { event: 'done', ok: true }].map((object) => JSON.stringify(object))
    : lines;
  for (const text of texts) cli.stdout.write(`${text}\n`);
}

function answer(
  catalog: Catalog,
  [verb = 'list', name, rights, ...more]: readonly string[],
  columns: number,
  { json: _json, ...limits }: UsersOptions,
): Answer {
  if (more.length > 0) throw new RbError('usage', USAGE);
  if (verb === 'limit' && name !== undefined && rights === undefined)
    return limitUser(catalog, name, limits);
  if (Object.keys(limits).length > 0)
    throw new RbError('usage', 'Limits are set by `users DIR limit NAME`.');
  if (verb === 'list' && name === undefined) return listUsers(catalog, columns);
  if (verb === 'devices' && rights === undefined) return listDevices(catalog, columns, name);
  if (name === undefined) throw new RbError('usage', USAGE);
  if (verb === 'remove' && rights === undefined) {
    catalog.removeUser(name);
    return {
      objects: [],
      lines: [`${escapeName(name)} and its devices are let in no more. Its snapshots stay.`],
    };
  }
  if (verb === 'rights' && isRights(rights)) {
    catalog.setRights(name, rights);
    return {
      objects: [],
      lines: [`${escapeName(name)} has the rights of ${rights} from its next login on.`],
    };
  }
  if (verb === 'duty' && isDuty(rights)) return setDuty(catalog, name, rights);
  if (verb === 'forget' && rights === undefined) return forgetDevice(catalog, name);
  throw new RbError('usage', USAGE);
}

function isDuty(text: string | undefined): text is Duty {
  return DUTIES.some((known) => known === text);
}

function isRights(text: string | undefined): text is Rights {
  return RIGHTS.some((known) => known === text);
}

function listUsers(catalog: Catalog, columns: number): Answer {
  const devices = catalog.devices();
  const all = catalog.users().map((user) => ({
    ...user,
    devices: devices.filter((device) => device.user === user.name).length,
  }));
  const cells = all.map(({ name, rights, createdMs, devices: count }) => [
    escapeName(name),
    rights,
    formatTime(createdMs),
    String(count),
  ]);
  const lines =
    all.length === 0
      ? ['There are no users yet. `rbbackupd invite DIR NAME` invites one.']
      : renderTable(['NAME', 'RIGHTS', 'SINCE', 'DEVICES'], cells, {
          columns,
          rightAligned: [3],
          flexible: { 0: 'middle' },
        });
  return { objects: all.map((user) => ({ event: 'user', ...user })), lines };
}

function listDevices(catalog: Catalog, columns: number, user: string | undefined): Answer {
  const all = catalog.devices(user);
  const cells = all.map(({ fingerprint, user: owner, label, paired, duty, lastSeenMs }) => [
    fingerprint.slice(0, SHORT_FINGERPRINT_DIGITS),
    escapeName(owner),
    escapeName(label),
    duty,
    paired ? 'invited' : 'by name',
    formatTime(lastSeenMs),
  ]);
  return {
    objects: all.map((device) => ({ event: 'device', ...device })),
    lines:
      all.length === 0
        ? ['There are no devices yet.']
        : renderTable(['FINGERPRINT', 'USER', 'DEVICE', 'DUTY', 'HOW', 'LAST SEEN'], cells, {
            columns,
            flexible: { 1: 'middle', 2: 'middle' },
            dispensable: [4],
          }),
  };
}

function setDuty(catalog: Catalog, prefix: string, duty: Duty): Answer {
  const device = findDevice(catalog, prefix);
  catalog.setDuty(device.fingerprint, duty);
  const name = `${escapeName(device.label)} of ${escapeName(device.user)}`;
  return { objects: [], lines: [`${name} has the duty ${duty} from its next login on.`] };
}

function findDevice(catalog: Catalog, prefix: string): Device {
  const found = catalog
    .devices()
    .filter(({ fingerprint }) => fingerprint.startsWith(prefix.toLowerCase()));
  const [device] = found;
  if (device === undefined)
    throw new RbError(
      'not-found',
      'No device has such a fingerprint; `users DIR devices` lists them.',
    );
  if (found.length > 1)
    throw new RbError('ambiguous', `${found.length} devices begin with that; give more digits.`);
  return device;
}

function forgetDevice(catalog: Catalog, prefix: string): Answer {
  const device = findDevice(catalog, prefix);
  catalog.removeDevice(device.fingerprint);
  return {
    objects: [],
    lines: [`${escapeName(device.label)} of ${escapeName(device.user)} is let in no more.`],
  };
}
