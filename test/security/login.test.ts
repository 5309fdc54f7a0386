import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { identityNumber, helloOf, startLab } from '../hub/lab.ts';
import type { Lab } from '../hub/lab.ts';

/** The user's device, one that nobody knows, and one that was known and forgotten. */
type Device = 'known' | 'unknown' | 'forgotten';
type Invite = '' | 'good' | 'used' | 'expired' | 'withdrawn' | 'guessed';
/** What a hub says of a hello: as whom and with what it lets in, or the code. */
type Row = readonly [device: Device, name: string, invite: Invite, closed: string, open: string];

/** `mal` is the user of the devices, `ana` another, `root` an administrator, `zoe` nobody. Invitations are for `mal`. */
const ROWS: readonly Row[] = [
  ['known', 'mal', '', 'mal member', 'mal member'],
  ['known', 'ana', '', 'not-allowed', 'ana member'],
  ['known', 'root', '', 'not-allowed', 'root member'],
  ['known', 'zoe', '', 'not-allowed', 'zoe member'],
  ['known', '../mal', '', 'name-refused', 'name-refused'],
  ['unknown', 'mal', '', 'not-trusted', 'mal member'],
  ['unknown', 'ana', '', 'not-trusted', 'ana member'],
  // An open hub lets in by name, but nobody as an administrator.
  ['unknown', 'root', '', 'not-trusted', 'root member'],
  ['unknown', 'zoe', '', 'not-trusted', 'zoe member'],
  ['unknown', '../mal', '', 'name-refused', 'name-refused'],
  ['forgotten', 'mal', '', 'not-trusted', 'mal member'],
  // An invitation says whose it is, whatever name is given.
  ['unknown', 'mal', 'good', 'mal member', 'mal member'],
  ['unknown', 'ana', 'good', 'mal member', 'mal member'],
  ['unknown', 'root', 'good', 'mal member', 'mal member'],
  ['forgotten', 'mal', 'good', 'mal member', 'mal member'],
  ['unknown', 'mal', 'used', 'invitation-used', 'invitation-used'],
  ['forgotten', 'mal', 'used', 'invitation-used', 'invitation-used'],
  ['unknown', 'mal', 'expired', 'invitation-expired', 'invitation-expired'],
  ['unknown', 'mal', 'withdrawn', 'not-allowed', 'not-allowed'],
  ['unknown', 'mal', 'guessed', 'not-allowed', 'not-allowed'],
  ['known', 'mal', 'guessed', 'not-allowed', 'not-allowed'],
];

const HOUR_MS = 3_600_000;
const [KNOWN, OTHER, STRANGER, GUEST] = [2, 3, 4, 5];

function invite({ catalog }: Lab, user: string, admin: boolean, validMs = HOUR_MS): Uint8Array {
  const nowMs = Date.now();
  const rights = admin ? 'admin' : 'member';
  return catalog.createInvitation({ user, rights, nowMs, expiresMs: nowMs + validMs });
}

function secretOf(lab: Lab, kind: Exclude<Invite, '' | 'used'>): Uint8Array {
  if (kind === 'guessed') return new Uint8Array(16).fill(7);
  const secret = invite(lab, 'mal', false, kind === 'expired' ? -1 : HOUR_MS);
  if (kind !== 'withdrawn') return secret;
  const [id = ''] = lab.catalog.invitations(Date.now()).map((one) => one.id);
  lab.catalog.withdrawInvitation(id);
  return secret;
}

async function answerOf(
  lab: Lab,
  number: number,
  name: string,
  secret?: Uint8Array,
): Promise<string> {
  const connection = await lab.connect(await identityNumber(number));
  await connection.control.send(helloOf(name, secret === undefined ? {} : { invite: secret }));
  try {
    const welcome = await connection.control.next();
    assert(welcome?.t === 'welcome');
    return `${welcome.user} ${welcome.rights}`;
  } catch {
    return (await connection.closed)?.code ?? 'nothing';
  } finally {
    connection.close();
  }
}

async function checkLogins(t: TestContext, open: boolean): Promise<void> {
  const lab = await startLab(t, { open });
  const found: string[] = [];
  for (const [device, name, kind, whenClosed, whenOpen] of ROWS) {
    for (const user of ['mal', 'zoe', 'root'])
      if (lab.catalog.user(user) !== undefined) lab.catalog.removeUser(user);
    const used = invite(lab, 'mal', false);
    const number = device === 'forgotten' ? STRANGER : KNOWN;
    await lab.login('mal', { invite: used }, await identityNumber(number));
    await lab.login('ana', { invite: invite(lab, 'ana', false) }, await identityNumber(OTHER));
    await lab.login('root', { invite: invite(lab, 'root', true) }, await identityNumber(OTHER));
    const [known] = lab.catalog.devices('mal');
    if (device === 'forgotten') lab.catalog.removeDevice(known?.fingerprint ?? '');
    const asked = device === 'unknown' ? GUEST : number;
    const secret = kind === '' ? undefined : kind === 'used' ? used : secretOf(lab, kind);
    const answer = await answerOf(lab, asked, name, secret);
    const wanted = open ? whenOpen : whenClosed;
    if (answer !== wanted)
      found.push(`${device} as ${name}${kind && `, invitation ${kind}`}: ${answer}, not ${wanted}`);
    for (const { fingerprint } of lab.catalog.devices()) lab.catalog.removeDevice(fingerprint);
  }
  assert.deepEqual(found, []);
}

test('a closed hub lets in those whom the table says, as whom it says', async (t) => {
  await checkLogins(t, false);
});

test('an open hub lets in by name, but nobody as an administrator', async (t) => {
  await checkLogins(t, true);
});
