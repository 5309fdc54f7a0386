/** Invitations, users, devices. */

import type { Duty, Rights } from '../../../../src/console/api/hub-api.ts';
import { plural } from '../../shared/i18n/language.ts';
import { formatCount } from '../../shared/format.ts';

const rights: Readonly<Record<Rights, string>> = {
  member: 'member',
  'read-only': 'read-only',
  admin: 'administrator',
};
const rightsText: Readonly<Record<Rights, string>> = {
  member: 'Backs up, keeps copies, and reads and restores what is its own.',
  'read-only': 'Reads, restores and keeps copies of what is its own; backs nothing up.',
  admin: 'As a member; also reads, restores and keeps copies of what belongs to others.',
};

const duty: Readonly<Record<Duty, string>> = {
  add: 'adds and reads',
  all: 'also removes',
  destination: 'destination only',
};
const dutyText: Readonly<Record<Duty, string>> = {
  add: 'Adds snapshots, reads and keeps copies. It can remove none, whoever controls it.',
  all: 'Also removes snapshots, and releases those that are held back.',
  destination: 'Keeps copies and reads; backs nothing up.',
};

export const peopleEn = {
  duty,
  dutyText,
  dutyLabel: 'What this device is for',
  dutyOf: (name: string) => `What ${name} is for`,
  limitsOf: (name: string) => `Limits of ${name}`,
  limitsLead: 'Empty: no limit. They hold from the next connection and backup on.',
  limitBytes: 'Stored, in GiB',
  limitBytesHint: (stored: string) => `Backups under this name have added ${stored} to the vault.`,
  limited: 'with limits',
  limitSets: 'Backup sets',
  limitConnections: 'Connections at a time',
  limitRate: 'Rate, in MiB a second',
  limitRateHint: 'In each direction, of all its connections together.',
  limitWrong: 'Enter a number above 0, or nothing.',
  limitsSave: 'Save',
  limitsSaved: (name: string) => `The limits of ${name} are saved.`,
  lead: 'Who may come in, with which devices, and what they may do.',
  invite: 'Invite somebody',
  users: 'Known people',
  usersNone: 'Nobody is known yet',
  usersNoneText: 'Whoever uses an invitation appears here.',
  usersFilter: 'Filter by name or device',
  rights,
  rightsText,
  rightsOf: (name: string) => `Rights of ${name}`,
  rightsChanged: (name: string, what: string) => `${name}: ${what}.`,
  since: 'first seen',
  devices: (count: number) => `${formatCount(count)} ${plural(count, 'device', 'devices')}`,
  showDevices: 'Devices',
  noDevices: 'No device: nobody can log in with this name without a new invitation.',
  seen: 'seen',
  paired: 'by invitation',
  byName: 'by name alone',
  removeDevice: 'Remove this device',
  removeDeviceTitle: 'Remove this device?',
  removeDeviceText: (label: string, isOpen: boolean) =>
    `${label} is let in no more${isOpen ? ', unless it comes by name alone, as this hub is open' : ' without a new invitation'}. What it has backed up stays in the vault, and so do the copies on other machines.`,
  removeUser: 'Remove',
  removeUserOf: (name: string) => `Remove ${name}`,
  removeUserTitle: (name: string) => `Remove ${name}?`,
  removeUserText: (name: string, devices: number, isOpen: boolean) =>
    `${name} ${devices === 0 ? 'is' : `and ${formatCount(devices)} ${plural(devices, 'device', 'devices')} are`} let in no more${isOpen ? ', unless by name alone, as this hub is open' : ' without a new invitation'}. Snapshots stay in the vault and copies stay where they are: nothing is deleted. Administrators can still read and restore them.`,
  removed: (name: string) => `${name} is let in no more.`,
  deviceRemoved: 'The device is let in no more.',

  invitations: 'Invitations',
  invitationsNone: 'No invitation was made in the last 30 days.',
  open: 'open',
  used: 'used',
  expired: 'expired',
  validUntil: (time: string) => `until ${time}`,
  withdraw: 'Withdraw',
  withdrawTitle: 'Withdraw this invitation?',
  withdrawText: (name: string) =>
    `The code given to ${name} lets nobody in any more. You can make another one at any time.`,
  withdrawn: 'The invitation was withdrawn.',
  asNow: 'as now, or member',

  inviteTitle: 'Invite somebody',
  inviteLead: 'You get a code to pass on. It lets one device in, once, under this name.',
  name: 'Name',
  nameHint: 'Backups are kept under it. For a further device of a person use the same name.',
  nameMissing: 'Enter a name.',
  rightsLabel: 'Rights',
  validFor: 'Valid for',
  hours: (count: number) => `${formatCount(count)} ${plural(count, 'hour', 'hours')}`,
  days: (count: number) => `${formatCount(count)} ${plural(count, 'day', 'days')}`,
  addresses: 'Addresses of this hub',
  addressesHint:
    'HOST:PORT, one a line: how the other machine reaches this one, for instance by a name in the internet. Empty: all addresses that this machine knows of itself.',
  addressesMany: 'At most 8 addresses.',
  make: 'Make the invitation',
  codeTitle: (name: string) => `Invitation for ${name}`,
  codeOnce: 'This code is shown only now',
  codeOnceText: (name: string, until: string) =>
    `Pass it on to ${name} in a way that nobody else reads. It is valid once, until ${until}.`,
  code: 'Code',
  copyCode: 'Copy the code',
  command: 'Or, in a terminal there',
  copyCommand: 'Copy the command',
  qr: 'The same as a picture',
  qrText: 'To be scanned with a telephone and sent on from there.',
  qrAlt: 'QR code of the invitation',
  reaches: 'It leads to',
  done: 'Done',
  another: 'Another one',
};
