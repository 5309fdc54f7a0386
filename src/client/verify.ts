import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

import { RbError, isRbError, toRbError } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';
import { readAt } from '../base/durable-read.ts';
import type { WorkerPool } from '../chunk/worker-pool.ts';
import type { SetKey } from '../model/snapshot.ts';
import { decodePage } from '../model/page.ts';
import { TreeStateReader } from '../model/tree-state.ts';
import type { RebuildEvent, RebuildProblem } from '../rebuild/protocol.ts';
import { rebuildFrom } from './rebuild-from.ts';
import { Destination } from './receive/destination.ts';
import { mendState } from './receive/mend-state.ts';
import type { HeldSet } from './receive/destination.ts';
import type { HubSession } from './session.ts';

/** Of the set as a whole. */
const DAMAGED_STATE: RebuildProblem = {
  t: 'problem',
  path: new Uint8Array(0),
  code: 'damaged-state',
  message:
    'What is remembered of this set is damaged; run `rbbackup receive`, which compares everything with the hub.',
};

const WINDOW_BYTES = 16 * 1024 * 1024;

export type VerifyContext = {
  /** Asked once; a hub that can't be reached leaves what is damaged unmended. */
  readonly openSession: () => Promise<HubSession>;
  readonly pool: WorkerPool;
  readonly onEvent: (key: SetKey, event: RebuildEvent) => void;
  readonly signal: AbortSignal;
};

export type VerifiedSet = {
  readonly key: SetKey;
  readonly snapshot: Uint8Array | null;
  readonly files: number;
  readonly bytes: number;
  /** Entries that were wrong and are right again. */
  readonly mended: number;
  readonly problems: readonly RebuildProblem[];
  /** Everything is as the snapshot says, now. */
  readonly isWhole: boolean;
};

export type VerifyResult = {
  readonly sets: readonly VerifiedSet[];
  /** Why nothing could be mended, if the hub was out of reach. */
  readonly hubError: RbError | null;
};

/**
 * Reads every byte of every set that a destination's folder holds and compares it with what was verified; fetches
 * again from the hub what is damaged or gone.
 * @throws not-found if the folder is no destination; busy while it receives; damaged-state, after all else was verified, if
 *   there are sets whose names are lost
 */
export async function verifyDestination(
  dir: string,
  context: VerifyContext,
): Promise<VerifyResult> {
  const destination = await Destination.open(dir, undefined);
  let session: HubSession | null = null;
  let hubError: RbError | null = null;
  try {
    session = await context.openSession();
  } catch (error) {
    hubError = toRbError(error);
  }
  try {
    const sets: VerifiedSet[] = [];
    if (session !== null) {
      for (const { key } of await destination.held())
        await mendState(destination.stateDirOf(key), session, context.pool);
    }
    for (const held of await destination.held())
      sets.push(await verifySet(destination, held, session, context));
    await requireNames(destination);
    return { sets, hubError };
  } finally {
    session?.connection.close();
    destination.close();
  }
}

async function verifySet(
  destination: Destination,
  { key, snapshot }: HeldSet,
  session: HubSession | null,
  context: VerifyContext,
): Promise<VerifiedSet> {
  if (snapshot === null)
    return { key, snapshot, files: 0, bytes: 0, mended: 0, problems: [], isWhole: false };
  const problems: RebuildProblem[] = [];
  const stateDir = destination.stateDirOf(key);
  const state = pagesOf(join(stateDir, 'state'));
  if (state === null) {
    // So that the next time it receives the hub offers it again.
    await destination.record(key, false);
    context.onEvent(key, DAMAGED_STATE);
    const none = { files: 0, bytes: 0, mended: 0, isWhole: false };
    return { key, snapshot, ...none, problems: [DAMAGED_STATE] };
  }
  const { pages, bytes, files } = state;
  const done = await rebuildFrom(
    {
      policy: 'verify',
      root: Buffer.from(destination.rootOf(key)),
      stateDir,
      subtree: null,
      overwrite: false,
      windowBytes: WINDOW_BYTES,
      listFiles: false,
      keepSetId: false,
      canRepair: session !== null,
      total: bytes,
      filesTotal: files,
    },
    pages,
    snapshot,
    {
      session,
      pool: context.pool,
      signal: context.signal,
      onEvent: (event) => {
        if (event.t === 'problem') problems.push(event);
        context.onEvent(key, event);
      },
    },
  );
  await destination.record(key, done.verified);
  return {
    key,
    snapshot,
    files: done.files,
    bytes: done.bytes,
    mended: done.mended,
    problems,
    isWhole: done.verified,
  };
}

/** Of what nobody knows any more which set it is, nothing could be looked at. */
async function requireNames(destination: Destination): Promise<void> {
  const [first] = await destination.nameless();
  if (first === undefined) return;
  const message = `It is not known any more which set ${escapeName(first)} is of, and it could not be verified; run \`rbbackup receive\` for this folder once, or remove it if the hub has that set no more.`;
  throw new RbError('damaged-state', message);
}

/** The pages of a state, and what they hold in all; null if it is damaged. */
function pagesOf(path: string): { pages: Uint8Array[]; bytes: number; files: number } | null {
  const file = openSync(path, 'r');
  try {
    const reader = new TreeStateReader((offset, bytes) => readAt(file, offset, bytes));
    const pages: Uint8Array[] = [];
    let bytes = 0;
    let files = 0;
    for (let page = reader.next(); page !== null; page = reader.next()) {
      pages.push(page.id);
      for (const entry of decodePage(page.page)) {
        bytes += entry.size;
        if (entry.kind !== 'dir') files++;
      }
    }
    return { pages, bytes, files };
  } catch (error) {
    if (isRbError(error)) return null;
    throw error;
  } finally {
    closeSync(file);
  }
}
