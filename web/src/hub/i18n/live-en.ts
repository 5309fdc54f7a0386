/** Overview, listening, runs, clients. */

import { heldWordsEn } from '../../shared/i18n/held-words.ts';
import type { ClientLine, RunLine } from '../../../../src/console/api/hub-api.ts';
import { plural } from '../../shared/i18n/language.ts';
import { formatCount } from '../../shared/format.ts';

const roles: Readonly<Record<ClientLine['role'], string>> = {
  origin: 'origin',
  destination: 'destination',
  observer: 'observer',
};
const phases: Readonly<Record<RunLine['phase'], string>> = {
  waiting: 'waiting for destinations',
  queued: 'queued',
  live: 'running',
  committing: 'being stored',
  committed: 'copying',
};
const clients = (count: number) => `${formatCount(count)} ${plural(count, 'client', 'clients')}`;
const runs = (count: number) => `${formatCount(count)} ${plural(count, 'run', 'runs')}`;

export const liveEn = {
  // Overview
  question: 'How many good copies do I have?',
  allGood: (sets: number) =>
    sets === 1
      ? 'The one backup has all the copies it should have.'
      : `All ${formatCount(sets)} backups have all the copies they should have.`,
  someLack: (lacking: number, sets: number) =>
    `${formatCount(lacking)} of ${formatCount(sets)} ${plural(sets, 'backup', 'backups')} ${plural(lacking, 'needs', 'need')} a look.`,
  noSets: 'Nothing has been backed up yet',
  noSetsText: 'Invite somebody, or log in yourself on another machine; then run: rbbackup PATH',
  invite: 'Invite somebody',
  heldTitle: 'Held back from destinations',
  heldLead:
    'These snapshots change or delete so much that the copies stay as they are until somebody says that it is right.',
  heldBack: 'held back',
  heldText: heldWordsEn,
  moreHeld: (count: number) => `And ${formatCount(count)} more.`,
  release: 'Release',
  releaseTitle: 'Let the destinations have it?',
  releaseText:
    'Every copy is made like this snapshot. Earlier snapshots stay in the vault, and what copies delete stays in their trash for some days.',
  released: 'It is released: destinations get it now.',
  toCopies: 'All copies',
  toRuns: 'All runs',
  clientsNow: 'Clients',
  clientRoles: (origins: number, destinations: number) =>
    `${formatCount(origins)} ${plural(origins, 'origin', 'origins')}, ${formatCount(destinations)} ${plural(destinations, 'destination', 'destinations')}`,
  runsNow: 'Runs now',
  runsNone: 'nothing is running',
  runsSome: 'at work',
  vaultSize: 'In the vault',
  vaultSnapshots: (count: number) =>
    `${formatCount(count)} ${plural(count, 'snapshot', 'snapshots')}`,
  free: 'Free on disk',
  freeOf: (total: string) => `of ${total}`,

  // Listening
  listening: 'Listening',
  isListening: 'listening',
  notListening: 'not listening',
  listensAt: 'Clients connect to',
  everyAddress: 'all addresses of this machine',
  port: 'Port',
  address: 'Address',
  stop: 'Stop',
  start: 'Start listening',
  move: 'Move',
  stoppedText: 'No client can connect. What is kept stays safe; this console goes on.',
  wouldListen: (at: string) => `It would listen at ${at}.`,
  problem: 'It should listen, but cannot',
  stopTitle: 'Stop listening?',
  stopText: (clientCount: number, runCount: number) =>
    clientCount === 0
      ? 'Nobody is connected now. Nobody can connect until you start it again. This console goes on.'
      : `${clients(clientCount)} ${plural(clientCount, 'is', 'are')} cut off${runCount === 0 ? '' : `, and ${runs(runCount)} ${plural(runCount, 'is', 'are')} interrupted`}. Destinations come back by themselves once you start it again. A backup that was interrupted is begun again where it runs, and goes on from where it was. This console goes on.`,
  stopConfirm: 'Stop listening',
  stopStay: 'Keep listening',
  stopped: 'The hub listens no more.',
  moveTitle: 'Where to listen',
  moveText:
    'Who is connected is cut off, and runs are interrupted; begun again, they go on from where they were. Clients come back if they find the hub on the local network; others must be told the new address. Invitations that were not used yet still hold the old one.',
  where: 'Who can reach it',
  whereAll: 'Other machines too',
  whereAllText: 'At all addresses of this machine.',
  whereSelf: 'This machine only',
  whereSelfText: 'At 127.0.0.1.',
  whereOne: 'At one address',
  whereOneText: 'One of this machine’s, such as that of one network.',
  oneAddress: 'Address of this machine',
  addressMissing: 'Enter an address of this machine.',
  portHint: '0: any free one.',
  portWrong: 'A port is a number from 0 to 65535.',
  moveConfirm: 'Listen there',
  moved: (at: string) => `The hub listens at ${at} now.`,

  // Runs
  runsLead: 'Backups on their way now, to the hub and on to their destinations.',
  runsEmpty: 'Nothing is running',
  runsEmptyText: 'Runs appear here by themselves as soon as somebody backs up.',
  runsShown: (shown: number, total: number) =>
    `The first ${formatCount(shown)} of ${formatCount(total)} runs.`,
  phases,
  notBegun: 'It begins as soon as the destinations are there.',
  queuedText: 'Another run of this set is under way; this one begins when that has ended.',
  safeAtHub: 'The snapshot is safe at the hub; the copies follow.',
  copies: 'Copies',
  noCopies: 'This run asks for no copies: the hub keeps it.',
  copiesLater: 'Destinations appear here when they are connected.',
  lately: 'Stored lately',
  latelyNone: 'Snapshots appear here when they are stored.',
  skipped: (count: number) => `${formatCount(count)} left out`,
  copyCount: (count: number) => `${formatCount(count)} ${plural(count, 'copy', 'copies')}`,
  announceRuns: (count: number, percent: string) => `${runs(count)} at work, ${percent} done.`,

  // Clients
  clientsLead: 'Who is connected now. They appear and vanish by themselves.',
  clientsEmpty: 'Nobody is connected',
  clientsEmptyText: 'Clients appear here by themselves as soon as they connect.',
  clientsFilter: 'Filter by name, device, address or backup',
  clientsShown: (shown: number, total: number) =>
    shown === total ? clients(total) : `${formatCount(shown)} of ${clients(total)}`,
  all: 'All',
  role: 'Role',
  roles,
  rolesMany: { origin: 'Origins', destination: 'Destinations', observer: 'Observers' },
  who: 'Who',
  device: 'Device',
  doingWhat: 'What it is doing',
  since: 'Connected',
  heard: 'Last heard',
  backingUp: (set: string) => (set === '' ? 'backing up' : `backing up ${set}`),
  receiving: (set: string) => (set === '' ? 'receiving' : `receiving ${set}`),
  waiting: (set: string) => (set === '' ? 'waiting' : `waiting with ${set}`),
  reading: 'looking at snapshots',
  idle: 'nothing at the moment',
};
