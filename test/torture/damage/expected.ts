/** What may come of each damage to each kind of thing; see outcome.ts for the words. */

import type { Damage } from './inflict.ts';

/** In the order of DAMAGES: flipped, cut, swapped, emptied, removed. Several words where it depends on where it hits. */
type Row = readonly [
  flipped: string,
  cut: string,
  swapped: string,
  emptied: string,
  removed: string,
];

/** A record that is gone costs what it held, if nothing else holds that too. */
const RECORD = 'told mended';
const IN_OPEN_PACK: Row = [RECORD, RECORD, 'unharmed', RECORD, RECORD];
/** The index says where records are: two that changed places are two that are gone. */
const IN_CLOSED_PACK: Row = [RECORD, RECORD, RECORD, RECORD, RECORD];
const LOCK: Row = ['unharmed', 'unharmed', '-', 'unharmed', 'unharmed'];
/** A bit of what stands around the key in the file may be any. */
const KEY: Row = ['refused unharmed', 'refused unharmed', 'refused', 'refused', 'refused'];

/** By a verify; the next transfer puts it right without a word, but for what changed there meanwhile, which it names. */
const MEMORY = 'refused unharmed told mended';
const MENDED = 'unharmed mended';
const NOTICED: Row = [MEMORY, MEMORY, MEMORY, MEMORY, MEMORY];

export const EXPECTED: Readonly<Record<string, Row>> = {
  'data record, open pack': IN_OPEN_PACK,
  'list record, open pack': IN_OPEN_PACK,
  'page record, open pack': IN_OPEN_PACK,
  'snapshot record, open pack': IN_OPEN_PACK,
  /** A check that comes first puts it right, and says so to people alone. */
  'head of open pack': ['mended unharmed', 'told', '-', 'mended unharmed', 'told'],
  'open pack': ['told mended', 'told', 'told', 'told', 'told'],
  'data record, closed pack': IN_CLOSED_PACK,
  'list record, closed pack': IN_CLOSED_PACK,
  'page record, closed pack': IN_CLOSED_PACK,
  'snapshot record, closed pack': IN_CLOSED_PACK,
  'head of closed pack': ['mended', 'told mended', '-', 'mended', 'told mended'],
  'closed pack': [RECORD, RECORD, RECORD, RECORD, RECORD],
  'index of a pack': ['unharmed', 'unharmed', 'unharmed', 'unharmed', 'unharmed'],
  'index and its pack': [RECORD, RECORD, RECORD, RECORD, RECORD],
  'forgotten list': ['unharmed', 'unharmed', '-', 'unharmed', 'unharmed'],
  'lock of the vault': LOCK,
  'lock of the identity': LOCK,
  /** A bit of what is only shown, or of a free page, is not seen. */
  catalog: [
    'refused unharmed mended',
    'refused unharmed mended',
    'told refused mended',
    'mended',
    'mended',
  ],
  'log of the catalog': [
    'mended unharmed',
    'mended unharmed',
    'mended unharmed refused',
    'mended unharmed',
    'mended unharmed',
  ],
  'key of the hub': KEY,
  'certificate of the hub': KEY,
  /** One bit may make another identity of it, which is as good. */
  'identity of a destination': [
    'refused unharmed',
    'refused',
    'refused',
    'refused',
    'refused unharmed',
  ],
  "record of a destination's set": NOTICED,
  /** It is made again from the hub; that of another set is taken for what it is. */
  "state of a destination's set": [MENDED, MENDED, 'unharmed mended told', MENDED, MENDED],
  'lists of a destination': ['unharmed', 'unharmed', 'unharmed', 'unharmed', 'unharmed'],
  'journal of a destination': ['unharmed', 'unharmed', '-', 'unharmed', 'unharmed'],
  'lock of a destination': LOCK,
  'file of a copy': NOTICED,
  'memory of an origin': ['unharmed', 'unharmed', 'unharmed', 'unharmed', 'unharmed'],
  'known hubs': ['refused unharmed', 'refused', 'refused unharmed', 'refused', 'unharmed'],
  'key of a device': KEY,
  'certificate of a device': KEY,
  'lock of a configuration': LOCK,
};

const PLACES: Readonly<Record<Damage, number>> = {
  flipped: 0,
  cut: 1,
  swapped: 2,
  emptied: 3,
  removed: 4,
};

/** The outcomes that a cell allows; none for one that there isn't. */
export function expectedOf(kind: string, how: Damage): readonly string[] {
  return (EXPECTED[kind]?.[PLACES[how]] ?? '-').split(' ');
}
