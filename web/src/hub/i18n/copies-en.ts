/** Copies and the vault. */

import type { CopyWarning } from '../../../../src/console/api/hub-api.ts';
import { plural } from '../../shared/i18n/language.ts';
import { formatCount } from '../../shared/format.ts';

const warnings: Readonly<Record<CopyWarning, string>> = {
  never: 'It has no snapshot yet: nothing of it is safe.',
  none: 'No destination holds a copy. Connect one: “rbbackup receive DIR”.',
  'too-few':
    'The newest snapshot has fewer copies than asked. They catch up when destinations connect.',
  old: 'Enough destinations hold a copy, but for more than a day none of the newest snapshot.',
};

export const copiesEn = {
  lead: 'Which destination holds which backup, how far behind it is, and when every byte of it was last verified.',
  warnings,
  firstUnderWay: 'Its first backup is under way.',
  copiesOf: (verified: number, asked: number) =>
    verified > asked
      ? `${formatCount(verified)} ${plural(verified, 'copy', 'copies')}`
      : `${formatCount(verified)} of ${formatCount(asked)} ${plural(asked, 'copy', 'copies')}`,
  hubOnly: 'hub only',
  moreSets: (count: number) =>
    `and ${formatCount(count)} more ${plural(count, 'backup', 'backups')}`,
  empty: 'Nothing has been backed up yet',
  emptyText: 'As soon as a snapshot is stored, this shows who holds copies of it.',
  caption: 'Copies by backup and destination',
  backup: 'Backup',
  newest: 'newest',
  noSnapshot: 'no snapshot yet',
  damaged: 'damaged in the vault',
  snapshots: (count: number) => `${formatCount(count)} ${plural(count, 'snapshot', 'snapshots')}`,
  behind: (count: number) => `${formatCount(count)} behind`,
  noCopy: 'no copy',
  verifiedAt: 'verified',
  provenAt: 'proven',
  notProven: 'not proven since',
  signed: 'signed by the device',
  unsigned: 'not signed',
  holds: (time: string) => `Holds the snapshot of ${time}`,
  connected: 'connected',
  lastSeen: 'seen',
  filter: 'Filter by backup, person or machine',
  show: 'Show',
  all: 'All',
  onlyWarnings: 'Only warnings',
  noWarnings: 'No backup lacks anything.',
  shownSets: (shown: number, total: number) =>
    shown === total
      ? `${formatCount(total)} ${plural(total, 'backup', 'backups')}`
      : `${formatCount(shown)} of ${formatCount(total)} ${plural(total, 'backup', 'backups')}`,
  destinations: (count: number) =>
    `${formatCount(count)} ${plural(count, 'destination', 'destinations')}`,
  moreDestinations: (shown: number, total: number) =>
    `The first ${formatCount(shown)} of ${formatCount(total)} destinations; a filter shows those that matter to it.`,
  copiesHeld: 'Copies held',
  noneHeld: 'No destination holds anything of it.',
  legend: 'How to read it',
  legendNewest: 'holds the newest snapshot, every byte verified',
  legendBehind: 'holds an older one: so many are newer',
  legendTime: 'below: when pieces of it were last proven to be there, or else when it was verified',
  legendNone: 'holds nothing of it',

  // Vault
  vaultLead: 'What the hub itself keeps. Copies on other machines are not counted here.',
  kept: 'Kept on the disk',
  standsFor: 'Stands for',
  smaller: 'Smaller by',
  times: (ratio: string) => `${ratio} times`,
  savingTitle: 'How it becomes smaller',
  savingNone: 'Nothing is kept yet.',
  barAll: 'All snapshots, laid out in full',
  barDifferent: 'Different content in them',
  barKept: 'Compressed, on the disk',
  dedupeText: (ratio: string) =>
    `The same content is kept once, however many files and snapshots have it: ${ratio} times smaller.`,
  notInSnapshots:
    'Some of it is in no snapshot: it belongs to backups that are under way or were interrupted, which go on from there.',
  dedupeNone: 'No content is there twice so far.',
  compressText: (ratio: string) => `What is left is compressed: ${ratio} times smaller.`,
  compressNone: 'What is left can’t be compressed: films, photos and archives are so.',
  growth: 'Growth',
  growthNone: 'The size is noted once an hour; a line appears with the second.',
  growthTable: 'As a table',
  growthKept: 'On the disk',
  growthContent: 'Before compression',
  growthSummary: (from: string, to: string, since: string) =>
    `From ${from} to ${to} since ${since}.`,
  time: 'Time',
  space: 'Room',
  spaceFree: (free: string) => `${free} free`,
  spaceOf: (total: string) => `of ${total}`,
  spaceUsed: 'In use, by everything',
  spaceVault: 'Of it, the vault',
  daysLeft: (days: number) =>
    `As fast as it grew in the last 30 days, there is room for about ${formatCount(days)} more ${plural(days, 'day', 'days')}.`,
  daysMany: 'As fast as it grew in the last 30 days, there is room for years.',
  daysUnknown: 'When it will be full can be said after a few days.',
  daysShrinking: 'It has not grown in the last 30 days.',
  spaceLow: 'Little room is left',
  check: 'Is it whole?',
  checkNever: 'Never checked so far',
  checkNeverText: 'A check reads the vault and finds damage before a restore does.',
  checkOk: 'All is whole',
  checkBad: 'Damage was found',
  checkBadText: (records: number, snapshots: number) =>
    `${formatCount(records)} damaged ${plural(records, 'piece', 'pieces')}, in ${formatCount(snapshots)} ${plural(snapshots, 'snapshot', 'snapshots')}. Connect a destination that holds a copy, or back those folders up again: what is damaged is sent anew.`,
  checkRead: 'Every byte was read.',
  checkQuick: 'Only the directory of what is kept was checked, not every byte.',
  checkNow: 'Check and heal now',
  checkNowText:
    'Reads every byte, and fetches what is damaged from destinations that hold it. The hub stays in use meanwhile.',
  checkUnderWay: 'Check of the vault',
  checkElsewhere: 'A check is under way that was begun by a client.',
  checkReading: (done: string, total: string) => `Read: ${done} of ${total}`,
  checkSnapshots: (done: number, total: number) =>
    `Snapshots looked through: ${formatCount(done)} of ${formatCount(total)}`,
  checkHealing: 'Fetching what is lacking from destinations …',
  checkStop: 'Stop the check',
  checkStopped: 'The last check was stopped before its end.',
  healed: (count: number) =>
    `${formatCount(count)} ${plural(count, 'part of files or folders was', 'parts of files and folders were')} damaged and ${plural(count, 'is', 'are')} whole again`,
  healedFrom: (names: string) => `Fetched from ${names}.`,
  damagedNow: (count: number) =>
    `${formatCount(count)} ${plural(count, 'snapshot', 'snapshots')} can’t be restored whole`,
  damagedHow:
    'Connect a destination that holds a copy, or back those folders up again: what is damaged is sent anew.',
  moreDamaged: (count: number) => `and ${formatCount(count)} more`,
  problems: (count: number) => `${formatCount(count)} damaged ${plural(count, 'path', 'paths')}`,
  scrub: 'Reading in the background',
  scrubNever: 'It has not begun yet.',
  scrubAt: (percent: string) => `${percent} read`,
  scrubSince: 'begun',
  scrubEnded: 'All was read; it ended',
  scrubDamaged: (count: number) =>
    `It found ${formatCount(count)} damaged ${plural(count, 'piece', 'pieces')}.`,
  lacking: 'Lacking',
  lackingNone: 'Nothing that snapshots need.',
  lackingText:
    'parts of files and folders that snapshots need. Destinations that hold them are asked when they connect.',
  lackingHealing:
    'parts of files and folders that snapshots need; destinations are being asked for them.',
  records: (count: number) => `${formatCount(count)} ${plural(count, 'piece', 'pieces')}`,
};
