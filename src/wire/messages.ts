/** All messages: their union, and the one way to make one out of decoded bytes. */

import * as v from 'valibot';

import { RbError } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { SharedLease } from '../base/shared-arena.ts';
import { errorCode, text } from './fields.ts';
import type { Field } from './fields.ts';
import * as ask from './messages-ask.ts';
import * as backup from './messages-backup.ts';
import * as care from './messages-care.ts';
import * as follow from './messages-follow.ts';
import * as login from './messages-login.ts';
import * as proof from './messages-proof.ts';

/** Every message. `want` has two forms: with `bits` on `backup`, with `ids` on `follow`, `read` and `receive`. */
export type Message =
  | login.Hello
  | login.Welcome
  | backup.Backup
  | backup.Queued
  | backup.Contended
  | backup.Waiting
  | backup.Start
  | backup.Offer
  | backup.WantBits
  | backup.Part
  | backup.Page
  | backup.Progress
  | backup.Finish
  | backup.Committed
  | backup.Copies
  | follow.Receive
  | follow.Offered
  | follow.Follow
  | follow.Next
  | follow.Log
  | follow.WantChunks
  | follow.Lacking
  | follow.At
  | follow.Ack
  | follow.Acked
  | follow.Read
  | proof.Prove
  | proof.Proof
  | proof.Mend
  | ask.Ask
  | ask.Snapshots
  | ask.Status
  | care.Done
  | care.Checking
  | care.Problem
  | care.Checked;

/** A bundle that arrived: the whole record, which the receiver has to release. */
export type BundleMessage = { t: '#bundle'; record: SharedLease };

/** What a stream hands out. */
export type Incoming = Message | BundleMessage;

/** Payload of FAIL and GOAWAY. */
export type Reason = { code: ErrorCode; message: string };

/** Kinds as the state tables know them: `t`, but the forms of `want` and `ask` apart. */
export type MessageKind =
  | Exclude<Message['t'], 'ask'>
  | 'want-bits'
  | 'ask-snapshots'
  | 'ask-status'
  | 'ask-forget'
  | 'ask-release'
  | 'ask-check'
  | 'bundle';

type Schemas = { readonly [T in Message['t']]: Field<Extract<Message, { t: T }>> };

const wantSchema: Field<backup.WantBits | follow.WantChunks> = v.union([
  backup.wantBitsSchema,
  follow.wantChunksSchema,
]);

const SCHEMAS: Schemas = {
  hello: login.helloSchema,
  welcome: login.welcomeSchema,
  backup: backup.backupSchema,
  queued: backup.queuedSchema,
  contended: backup.contendedSchema,
  waiting: backup.waitingSchema,
  start: backup.startSchema,
  offer: backup.offerSchema,
  want: wantSchema,
  part: backup.partSchema,
  page: backup.pageSchema,
  progress: backup.progressSchema,
  finish: backup.finishSchema,
  committed: backup.committedSchema,
  copies: backup.copiesSchema,
  receive: follow.receiveSchema,
  offered: follow.offeredSchema,
  follow: follow.followSchema,
  next: follow.nextSchema,
  log: follow.logSchema,
  lacking: follow.lackingSchema,
  at: follow.atSchema,
  ack: follow.ackSchema,
  acked: follow.ackedSchema,
  read: follow.readSchema,
  prove: proof.proveSchema,
  proof: proof.proofSchema,
  mend: proof.mendSchema,
  ask: ask.askSchema,
  snapshots: ask.snapshotsSchema,
  status: ask.statusSchema,
  done: care.doneSchema,
  checking: care.checkingSchema,
  problem: care.problemSchema,
  checked: care.checkedSchema,
};

/** Every `t` there is. */
export const MESSAGE_NAMES: readonly Message['t'][] = Object.keys(SCHEMAS) as Message['t'][];

const reasonSchema: Field<Reason> = v.object({ code: errorCode, message: text });

/**
 * Checks every field of a decoded message; fields that this version doesn't know are left out.
 *
 * @throws RbError `protocol`
 */
export function checkMessage(value: unknown): Message {
  const name = nameOf(value);
  if (name === undefined || !isMessageName(name)) throw malformed('of no known kind');
  const result = v.safeParse(SCHEMAS[name], value, { abortEarly: true });
  if (result.success) return result.output;
  const path = v.getDotPath(result.issues[0]) ?? 'fields that do not fit each other';
  throw malformed(`"${name}" with a bad field: ${path}`);
}

/** As {@link checkMessage}, for FAIL and GOAWAY. @throws RbError `protocol` */
export function checkReason(value: unknown): Reason {
  const result = v.safeParse(reasonSchema, value, { abortEarly: true });
  if (result.success) return result.output;
  throw malformed('without a reason');
}

/** How the state tables name a message. */
export function kindOf(message: Incoming): MessageKind {
  if (message.t === '#bundle') return 'bundle';
  if (message.t === 'want') return 'bits' in message ? 'want-bits' : 'want';
  if (message.t === 'ask') return `ask-${message.what}`;
  return message.t;
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('t' in value)) return undefined;
  return typeof value.t === 'string' ? value.t : undefined;
}

function isMessageName(name: string): name is Message['t'] {
  return Object.hasOwn(SCHEMAS, name);
}

function malformed(what: string): RbError {
  return new RbError('protocol', `The other side sent a message ${what}.`);
}
