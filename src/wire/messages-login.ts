/** Stream 0: who is there. */

import * as v from 'valibot';

import { bytes16, count, countUpTo, label, oneOf, text } from './fields.ts';
import type { Field } from './fields.ts';

/** What a user may do. */
export type Rights = 'member' | 'read-only' | 'admin';

/**
 * What a device may do of that: add snapshots and read; remove and release them as well; be a destination, and nothing
 * else.
 */
export type Duty = 'add' | 'all' | 'destination';

/** client → hub, the first of a connection. */
export type Hello = {
  t: 'hello';
  version: number;
  /** Name and version of the program, for people. */
  program: string;
  user: string;
  host: string;
  /** What the machine is called by people. */
  device: string;
  /** Secret of an invitation, at the first login of a device. */
  invite?: Uint8Array;
};

/** hub → client: the login is done. A refusal is a GOAWAY instead. */
export type Welcome = {
  t: 'welcome';
  version: number;
  program: string;
  /** The hub's name. */
  hub: string;
  /** Whom the hub takes the device for, which may differ from what hello said. */
  user: string;
  rights: Rights;
  /** Left out by hubs that know no duties: `all`. */
  duty?: Duty;
  /** Whether the hub takes anybody by name alone. */
  open: boolean;
  /** The hub's time. */
  timeMs: number;
};

export const rightsField: Field<Rights> = oneOf('member', 'read-only', 'admin');

export const dutyField: Field<Duty> = oneOf('add', 'all', 'destination');

export const helloSchema: Field<Hello> = v.object({
  t: v.literal('hello'),
  version: countUpTo(0xffff),
  program: text,
  user: label,
  host: label,
  device: label,
  invite: v.exactOptional(bytes16),
});

export const welcomeSchema: Field<Welcome> = v.object({
  t: v.literal('welcome'),
  version: countUpTo(0xffff),
  program: text,
  hub: label,
  user: label,
  rights: rightsField,
  duty: v.exactOptional(dutyField),
  open: v.boolean(),
  timeMs: count,
});
