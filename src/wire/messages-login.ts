/** Stream 0: who is there. */

import * as v from 'valibot';

import { bytes16, count, countUpTo, label, oneOf, text } from './fields.ts';
import type { Field } from './fields.ts';

/** What a user may do. */
export type Rights = 'member' | 'read-only' | 'admin';

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
  /** Whether the hub takes anybody by name alone. */
  open: boolean;
  /** The hub's time. */
  timeMs: number;
};

export const rightsField: Field<Rights> = oneOf('member', 'read-only', 'admin');

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
  open: v.boolean(),
  timeMs: count,
});
