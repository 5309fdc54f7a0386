/**
 * Who may say what to a hub about which things: every message of a client, everything that it names, whose that is, and
 * what comes of it for every kind of login. The test says each of them to a real hub.
 */

import type { ErrorCode } from '../../src/base/errors.ts';
import type { MessageKind } from '../../src/wire/messages.ts';
import type { StreamType } from '../../src/wire/states.ts';

/**
 * Those who are in, the first four in the order of the columns. A guest gave a name alone, at a hub that is open; a keeper
 * is a member's device with the duty `all`, a destination one with that duty, a holder a destination of an administrator's.
 */
export const INSIDERS = [
  'guest',
  'member',
  'reader',
  'admin',
  'keeper',
  'destination',
  'holder',
] as const;
export type Insider = (typeof INSIDERS)[number];

/** Those whom a hub hears nothing from, whatever they say and of whatever it is. */
export const OUTSIDERS = {
  /** Has said no hello. */
  nobody: 'protocol',
  'other-version': 'unsupported',
  /** Its user was removed while it was connected, */
  removed: 'not-trusted',
  /** got other rights: it has to come again, and then has those, */
  demoted: 'busy',
  /** or another duty: the same, */
  reassigned: 'busy',
  /** or itself was forgotten. */
  forgotten: 'not-trusted',
} as const satisfies Readonly<Record<string, ErrorCode>>;
export type Outsider = keyof typeof OUTSIDERS;

/**
 * Whose the named thing is. What is `absent` is nobody's: a name that nobody bears, or random bytes. `foreign` things
 * exist, and their names and ids are known to who says them.
 */
export type Thing = 'own' | 'foreign' | 'absent' | 'nothing named';

/** What comes of it: it is done; it is done, but there is nothing to it; or it ends with a code. */
export type Outcome = 'yes' | 'empty' | ErrorCode;

export type Row = readonly [
  says: `${StreamType}/${MessageKind}`,
  /** A field of the message; with a word before it where one field can name several kinds of things. */
  names: string,
  thing: Thing,
  guest: Outcome,
  member: Outcome,
  reader: Outcome,
  admin: Outcome,
];

const no = 'not-allowed';
const none = 'not-found';

/** What backup-acts.ts and reader-acts.ts say, and what has to come of it. */
export const ROWS: readonly Row[] = [
  // An origin's run. It is of a set of its own user's in any case: a name that somebody else's set has is its own here.
  ['backup/backup', 'set', 'own', 'yes', 'yes', no, 'yes'],
  ['backup/backup', 'set', 'foreign', 'empty', 'empty', no, 'empty'],
  ['backup/backup', 'set', 'absent', 'empty', 'empty', no, 'empty'],
  ['backup/backup', 'memory', 'own', 'yes', 'yes', no, 'yes'],
  ['backup/backup', 'memory', 'foreign', 'empty', 'empty', no, 'empty'],
  ['backup/backup', 'memory', 'absent', 'empty', 'empty', no, 'empty'],
  // "yes": the hub has the chunk already and wants it not.
  ['backup/offer', 'ids', 'own', 'yes', 'yes', no, 'yes'],
  ['backup/offer', 'ids', 'foreign', 'yes', 'yes', no, 'yes'],
  ['backup/offer', 'ids', 'absent', 'empty', 'empty', no, 'empty'],
  ['backup/bundle', 'ids', 'own', 'protocol', 'protocol', no, 'protocol'],
  ['backup/bundle', 'ids', 'foreign', 'protocol', 'protocol', no, 'protocol'],
  ['backup/bundle', 'ids', 'absent', 'protocol', 'protocol', no, 'protocol'],
  ['backup/part', 'id', 'own', 'yes', 'yes', no, 'yes'],
  ['backup/part', 'id', 'foreign', 'yes', 'yes', no, 'yes'],
  ['backup/part', 'id', 'absent', 'yes', 'yes', no, 'yes'],
  ['backup/page', 'id', 'own', 'yes', 'yes', no, 'yes'],
  ['backup/page', 'id', 'foreign', 'yes', 'yes', no, 'yes'],
  ['backup/page', 'id', 'absent', 'missing-chunk', 'missing-chunk', no, 'missing-chunk'],
  ['backup/progress', '', 'nothing named', 'yes', 'yes', no, 'yes'],
  ['backup/finish', '', 'nothing named', 'yes', 'yes', no, 'yes'],

  // A destination's standing order. "yes": something is offered.
  ['receive/receive', 'filter', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['receive/receive', 'filter', 'foreign', no, no, no, 'yes'],
  ['receive/receive', 'filter', 'absent', no, no, no, 'empty'],
  // A word makes no copy, whosever the snapshot is.
  ['receive/receive', 'have', 'own', 'empty', 'empty', 'empty', 'empty'],
  ['receive/receive', 'have', 'foreign', 'empty', 'empty', 'empty', 'empty'],
  ['receive/receive', 'have', 'absent', 'empty', 'empty', 'empty', 'empty'],
  ['receive/receive', 'destination', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['receive/receive', 'destination', 'foreign', no, no, no, no],
  ['receive/receive', 'destination', 'absent', 'yes', 'yes', 'yes', 'yes'],
  // "yes": it is passed over, as nothing was asked.
  ['receive/proof', '', 'nothing named', 'yes', 'yes', 'yes', 'yes'],
  // Nobody puts anything into the vault that the hub did not ask this destination for.
  ['receive/bundle', 'ids', 'own', 'protocol', 'protocol', 'protocol', 'protocol'],
  ['receive/bundle', 'ids', 'foreign', 'protocol', 'protocol', 'protocol', 'protocol'],
  ['receive/bundle', 'ids', 'absent', 'protocol', 'protocol', 'protocol', 'protocol'],
  ['receive/lacking', 'ids', 'own', 'protocol', 'protocol', 'protocol', 'protocol'],
  ['receive/lacking', 'ids', 'foreign', 'protocol', 'protocol', 'protocol', 'protocol'],
  ['receive/lacking', 'ids', 'absent', 'protocol', 'protocol', 'protocol', 'protocol'],

  // One transfer. What belongs to another user is refused by that user's name, whether it is there or not.
  ['follow/follow', 'user', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['follow/follow', 'user', 'foreign', no, no, no, 'yes'],
  ['follow/follow', 'user', 'absent', no, no, no, none],
  ['follow/follow', 'snapshot', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['follow/follow', 'snapshot', 'foreign', none, none, none, none],
  ['follow/follow', 'snapshot', 'absent', none, none, none, none],
  ['follow/follow', 'run', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['follow/follow', 'run', 'foreign', none, none, none, none],
  ['follow/follow', 'run', 'absent', none, none, none, none],
  ['follow/follow', 'destination', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['follow/follow', 'destination', 'foreign', no, no, no, no],
  ['follow/follow', 'destination', 'absent', 'yes', 'yes', 'yes', 'yes'],
  ['follow/next', '', 'nothing named', 'yes', 'yes', 'yes', 'yes'],
  ['follow/want', 'data ids', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['follow/want', 'data ids', 'foreign', 'yes', 'yes', 'yes', 'yes'],
  ['follow/want', 'data ids', 'absent', 'empty', 'empty', 'empty', 'empty'],
  ['follow/want', 'page ids', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['follow/want', 'page ids', 'foreign', 'yes', 'yes', 'yes', 'yes'],
  ['follow/want', 'page ids', 'absent', 'empty', 'empty', 'empty', 'empty'],
  ['follow/want', 'snapshot ids', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['follow/want', 'snapshot ids', 'foreign', 'empty', 'empty', 'empty', 'yes'],
  ['follow/want', 'snapshot ids', 'absent', 'empty', 'empty', 'empty', 'empty'],
  ['follow/at', '', 'nothing named', 'yes', 'yes', 'yes', 'yes'],
  ['follow/ack', 'snapshot', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['follow/ack', 'snapshot', 'foreign', 'protocol', 'protocol', 'protocol', 'protocol'],
  ['follow/ack', 'snapshot', 'absent', 'protocol', 'protocol', 'protocol', 'protocol'],

  // Fetching chunks. "empty": the id is told to be lacking.
  ['read/read', '', 'nothing named', 'yes', 'yes', 'yes', 'yes'],
  ['read/want', 'data ids', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['read/want', 'data ids', 'foreign', 'yes', 'yes', 'yes', 'yes'],
  ['read/want', 'data ids', 'absent', 'empty', 'empty', 'empty', 'empty'],
  ['read/want', 'page ids', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['read/want', 'page ids', 'foreign', 'yes', 'yes', 'yes', 'yes'],
  ['read/want', 'page ids', 'absent', 'empty', 'empty', 'empty', 'empty'],
  ['read/want', 'snapshot ids', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['read/want', 'snapshot ids', 'foreign', 'empty', 'empty', 'empty', 'yes'],
  ['read/want', 'snapshot ids', 'absent', 'empty', 'empty', 'empty', 'empty'],

  // Questions. A set that is named without its user is the asker's own, except for administrators.
  ['ask/ask-snapshots', 'user', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['ask/ask-snapshots', 'user', 'foreign', no, no, no, 'yes'],
  ['ask/ask-snapshots', 'user', 'absent', no, no, no, 'empty'],
  ['ask/ask-snapshots', 'set', 'own', 'yes', 'yes', 'yes', 'yes'],
  ['ask/ask-snapshots', 'set', 'foreign', 'empty', 'empty', 'empty', 'yes'],
  ['ask/ask-snapshots', 'set', 'absent', 'empty', 'empty', 'empty', 'empty'],
  // "empty": nobody and no run is shown but its own.
  ['ask/ask-status', '', 'nothing named', 'empty', 'empty', 'empty', 'yes'],
  // Letting one go to the destinations that is held back.
  ['ask/ask-check', '', 'nothing named', no, no, no, 'yes'],

  ['ask/ask-release', 'snapshot', 'own', no, no, no, 'yes'],
  ['ask/ask-release', 'snapshot', 'foreign', no, no, no, 'yes'],
  ['ask/ask-release', 'snapshot', 'absent', no, no, no, none],
  // Taking a snapshot out.
  ['ask/ask-forget', 'snapshot', 'own', no, no, no, 'yes'],
  ['ask/ask-forget', 'snapshot', 'foreign', no, no, no, 'yes'],
  ['ask/ask-forget', 'snapshot', 'absent', no, no, no, none],
];

/** What a keeper may do besides what a member may. */
const KEPT: Readonly<Record<string, Outcome>> = {
  'ask/ask-release own': 'yes',
  'ask/ask-release foreign': none,
  'ask/ask-release absent': none,
  'ask/ask-forget own': 'yes',
  'ask/ask-forget foreign': none,
  'ask/ask-forget absent': none,
};

/** What comes of it for somebody. */
export function outcomeFor(row: Row, insider: Insider): Outcome {
  const [says, , thing, guest, member, reader, admin] = row;
  switch (insider) {
    case 'guest':
      return guest;
    case 'member':
      return member;
    case 'reader':
      return reader;
    case 'admin':
      return admin;
    case 'keeper':
      return KEPT[`${says} ${thing}`] ?? member;
    case 'destination':
      return isOthersWork(says) ? no : member;
    case 'holder':
      return isOthersWork(says) ? no : admin;
  }
}

/** What a destination does not do. */
function isOthersWork(says: string): boolean {
  return says.startsWith('backup/') || /^ask\/ask-(forget|release|check)$/.test(says);
}

/**
 * Where somebody who may not see a thing can tell that it is there from what the hub answers; everywhere else "not yours"
 * and "not there" are one answer, to the letter. docs/security.md says of each what it means.
 */
export const TELLING: ReadonlySet<string> = new Set([
  // An id of a chunk is the hash of its content: who knows it has the content, or guessed it.
  'backup/offer ids',
  'backup/page id',
  'follow/want data ids',
  'follow/want page ids',
  'read/want data ids',
  'read/want page ids',
  // 16 random bytes, told to who may see a snapshot that is held there.
  'receive/receive destination',
  'follow/follow destination',
]);

/** Fields of messages that name nothing that anybody could own. `host` is part of a set's name. */
export const PLAIN_FIELDS: ReadonlySet<string> = new Set(
  `t sourcePath recursive delete copies waitMs dryRun seq kind lengths path offset bytes depth phase file fileBytes fileTotal total
  files filesTotal dirs skipped name from most verified receivedBytes problems message what watch before host answers signature
  readData heal number sums mends`.split(/\s+/),
);
