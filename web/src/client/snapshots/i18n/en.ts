/** What the pages about snapshots say. */

import { heldWordsEn } from '../../../shared/i18n/held-words.ts';
import { formatCount } from '../../../shared/format.ts';
import { plural } from '../../../shared/i18n/language.ts';

const counted = (count: number, one: string, other: string): string =>
  `${formatCount(count)} ${plural(count, one, other)}`;

export const en = {
  title: 'Snapshots',
  lead: 'Each backup leaves one: all your files, as they were at that moment.',

  // Sets
  ofMachine: 'Of this machine',
  ofMe: 'Of your other machines',
  ofOthers: 'Of others',
  noSets: 'There are no snapshots yet',
  noSetsText: 'Your first backup makes one, and every further backup another.',
  backUp: 'Back up a folder',
  snapshots: (count: number) => counted(count, 'snapshot', 'snapshots'),
  newest: 'newest',

  // Calendar and time line
  calendar: 'Calendar',
  previousMonth: 'Previous month',
  nextMonth: 'Next month',
  dayNone: (day: string) => `${day}: no snapshot`,
  daySome: (day: string, count: number, size: string) =>
    `${day}: ${counted(count, 'snapshot', 'snapshots')}, ${size}`,
  monthSum: (count: number) =>
    count === 0
      ? 'No snapshots in this month'
      : `${counted(count, 'snapshot', 'snapshots')} in this month`,
  timeLine: 'Time line',
  timeLineOf: (day: string) => `Snapshots of ${day}`,
  allDays: 'All days',
  noneThatDay: 'No snapshots on this day.',
  newestOnly: (count: number) => `the newest ${counted(count, 'snapshot', 'snapshots')}`,
  moreSnapshots: (count: number) => `The newest ${formatCount(count)} are shown; there are more.`,
  firstOne: 'first of the set',
  sameSize: 'same size',
  verifiedCopies: (count: number) =>
    count === 0 ? 'no verified copy' : `${counted(count, 'copy', 'copies')} verified`,
  heldBack: 'held back from destinations',
  heldText: (changed: number, deleted: number, of: number) =>
    `${heldWordsEn(changed, deleted, of)} To let destinations have it: rbbackup release, or the hub’s page.`,
  copyAt: (name: string, time: string) => `${name}, verified ${time}`,
  provenAt: (time: string) => `proven ${time}`,
  verified: 'verified',
  proven: 'proven',
  notProven: 'not proven since',
  signed: 'signed by the device',
  unsigned: 'not signed',
  skipped: (count: number) => `${formatCount(count)} left out`,
  compare: 'Compare',
  compareTwo: 'Compare two',
  comparePrevious: 'Compare with the one before',

  // A snapshot
  snapshotOf: (time: string) => `Snapshot of ${time}`,
  older: 'Older',
  newer: 'Newer',
  path: 'Path in the snapshot',
  topFolder: 'Top folder',
  contents: 'Contents',
  name: 'Name',
  size: 'Size',
  changed: 'Changed',
  emptyFolder: 'Nothing is in this folder.',
  folder: 'Folder',
  kinds: {
    file: 'File',
    folder: 'Folder',
    link: 'Link',
    fifo: 'Named pipe',
    socket: 'Socket',
    device: 'Device',
  },
  whole: 'Path',
  kind: 'Kind',
  permissions: 'Permissions',
  target: 'Leads to',
  inSnapshot: 'In the snapshot of',
  from: 'Backed up from',
  versions: 'All versions',
  download: 'Download',
  downloadNamed: (name: string) => `Download ${name}`,
  restore: 'Restore',
  restoreNamed: (name: string) => `Restore ${name}`,
  restoreFolder: 'Restore this folder',
  restoreAll: 'Restore all',

  // Restore
  restoreTitle: 'Restore',
  restoreEverything: 'Everything in the snapshot',
  restoreWhere: 'To which folder',
  restoreBecomes: 'It will be',
  restoreAllBecomes: 'Everything comes directly into it.',
  restoreIfThere: 'If a file is there already',
  keepNewer: 'Keep newer files',
  keepNewerText: 'A file that is newer there than in the snapshot stays as it is.',
  overwrite: 'Overwrite',
  overwriteText: 'Files become as they were in the snapshot, even where that one is older.',
  restoreSafe:
    'What is not in the snapshot is never touched, and nothing is written outside the folder.',

  // Compare
  compareTitle: 'Compare',
  compareLead: 'What is different in the later one.',
  before: 'Before',
  after: 'After',
  pick: 'Choose a snapshot',
  change: 'Change',
  swap: 'Swap the two',
  needTwo: 'This set has only one snapshot',
  needTwoText: 'There is something to compare as soon as a second backup was made.',
  noDifference: 'Both are the same',
  noDifferenceText: 'Nothing was added, removed or changed between the two.',
  noneOfKind: 'No change of this kind.',
  comparing: 'Comparing the two',
  changes: 'Changes',
  filterChanges: 'Which changes',
  changeKinds: {
    all: 'All',
    added: 'Added',
    removed: 'Removed',
    changed: 'Changed',
    metadata: 'Attributes',
  },
  changeWords: {
    added: 'added',
    removed: 'removed',
    changed: 'changed',
    metadata: 'attributes changed',
  },

  // Find
  findTitle: 'Find a file',
  findLead: 'By its name, in every version that is kept.',
  findLabel: 'Name, or part of it',
  findHint: 'Name, or *.pdf',
  find: 'Find',
  findKey: 'Press / to search',
  findWhere: 'Where to look',
  everywhere: 'In all sets',
  searching: (done: string, total: string) => `Searched ${done} of ${total} snapshots`,
  searchBegins: 'Searching',
  found: (versions: number, files: number) =>
    `${counted(versions, 'version', 'versions')} of ${counted(files, 'name', 'names')}`,
  foundNone: 'Nothing of this name',
  foundNoneText:
    'Only names count, not what is in a file. Try a shorter part of the name, or look in all sets.',
  stop: 'Stop',
  stopped: 'Stopped: older versions may be missing.',
  searchAgain: 'Search again',
  foundMore: 'There are more than can be shown. Enter more of the name, or look in one set.',
  results: 'What was found',
  versionCount: (count: number) => counted(count, 'version', 'versions'),
  showVersions: (name: string) => `All versions of ${name}`,
  changedAt: (time: string) => `changed ${time}`,
  keptIn: (time: string) => `in the snapshot of ${time}`,
  keptBetween: (oldest: string, newest: string) => `in snapshots from ${oldest} to ${newest}`,
  openFolderOf: (name: string) => `Open the folder of ${name}`,
  findStart: 'What are you looking for?',
  findStartText:
    'Enter part of a file’s or folder’s name. Every snapshot that you may read is searched.',
};
