import { loadPosix } from '../../src/posix/open.ts';
import { systemClock } from '../../src/base/clock.ts';
import { toRbError } from '../../src/base/errors.ts';
import type { Posix } from '../../src/posix/posix.ts';
import type {
  LogItem,
  RebuildDone,
  RebuildAnswer,
  RebuildFailed,
  RebuildProblem,
  RebuildRequest,
} from '../../src/rebuild/protocol.ts';
import { Rebuild } from '../../src/rebuild/rebuild.ts';
import { idKey } from './source-tree.ts';
import type { Hub, Scanned } from './source-tree.ts';

export type Outcome = {
  readonly end: RebuildDone | RebuildFailed;
  readonly problems: RebuildProblem[];
  /** Hex ids, in order. */
  readonly wanted: string[];
  readonly placed: string[];
  readonly deleted: string[];
  readonly mostOutstandingBytes: number;
};

export type RunOptions = {
  readonly policy?: RebuildRequest['policy'];
  readonly stateDir?: string;
  readonly subtree?: string;
  readonly overwrite?: boolean;
  readonly keepSetId?: boolean;
  readonly canRepair?: boolean;
  readonly windowBytes?: number;
  readonly items?: readonly LogItem[];
  readonly posix?: Posix;
  readonly trash?: RebuildRequest['trash'];
  /** Ends it, as a kill would, after so many messages to the rebuild. */
  readonly killAfter?: number;
  /** Is called before each message. */
  readonly between?: (message: number) => void;
};

export function itemsOf(scanned: Scanned): LogItem[] {
  return [
    ...scanned.pages.map((id): LogItem => ({ k: 'page', id })),
    { k: 'commit', snapshot: scanned.snapshot },
  ];
}

/** Plays client and hub for one run, in this thread. Without a done or failed, as after a kill: null. */
export function run(hub: Hub, root: string, scanned: Scanned, options: RunOptions = {}): Outcome {
  const problems: RebuildProblem[] = [];
  const wanted: string[] = [];
  const placed: string[] = [];
  const deleted: string[] = [];
  let end: RebuildDone | RebuildFailed | null = null;
  let mostOutstandingBytes = 0;
  let outstandingBytes = 0;
  let credit = 0;
  const queue: Uint8Array[] = [];
  const onEvent = (event: RebuildAnswer): void => {
    if (event.t === 'done' || event.t === 'failed') end = event;
    else if (event.t === 'problem') problems.push(event);
    else if (event.t === 'more') credit += event.most;
    else if (event.t === 'files')
      (event.deleted ? deleted : placed).push(
        ...event.paths.map((path) => Buffer.from(path).toString('latin1')),
      );
    else if (event.t === 'want') {
      for (let at = 0; at < event.ids.length; at += 32) {
        const id = event.ids.slice(at, at + 32);
        wanted.push(idKey(id));
        queue.push(id);
        outstandingBytes += hub.chunks.get(idKey(id))?.length ?? 0;
      }
      mostOutstandingBytes = Math.max(mostOutstandingBytes, outstandingBytes);
    }
  };
  const request: RebuildRequest = {
    policy: options.policy ?? 'destination',
    root: Buffer.from(root),
    stateDir: options.stateDir ?? `${root}.state`,
    subtree: options.subtree === undefined ? null : Buffer.from(options.subtree),
    overwrite: options.overwrite ?? false,
    windowBytes: options.windowBytes ?? 64 * 1024,
    listFiles: true,
    keepSetId: options.keepSetId ?? false,
    canRepair: options.canRepair ?? false,
    ...(options.trash === undefined ? {} : { trash: options.trash }),
    total: 0,
    filesTotal: 0,
  };
  const outcome = (): Outcome => ({
    end: end ?? { t: 'failed', code: 'interrupted', message: 'killed', retry: true },
    problems,
    wanted,
    placed,
    deleted,
    mostOutstandingBytes,
  });
  let rebuild: Rebuild;
  try {
    rebuild = new Rebuild(request, onEvent, options.posix ?? loadPosix(), systemClock);
  } catch (error) {
    const { code, message, retry } = toRbError(error);
    end = { t: 'failed', code, message, retry };
    return outcome();
  }
  const items = [...(options.items ?? itemsOf(scanned))];
  for (let message = 0; ; message++) {
    while (rebuild.step());
    if (end !== null) return outcome();
    if (message === options.killAfter) {
      abandon(rebuild);
      return outcome();
    }
    options.between?.(message);
    if (credit > 0 && items.length > 0) {
      const some = items.splice(0, Math.min(credit, 7));
      credit -= some.length;
      rebuild.items(some);
    } else if (queue.length > 0) {
      const some = queue.splice(0, 5);
      for (const id of some) outstandingBytes -= hub.chunks.get(idKey(id))?.length ?? 0;
      deliver(hub, rebuild, some);
    } else throw new Error('the rebuild waits for nothing');
  }
}

function deliver(hub: Hub, rebuild: Rebuild, ids: readonly Uint8Array[]): void {
  const here = ids.filter((id) => hub.chunks.has(idKey(id)));
  const lacking = ids.filter((id) => !hub.chunks.has(idKey(id)));
  const chunks = here.map((id) => hub.chunks.get(idKey(id)) as Uint8Array);
  const memory = new SharedArrayBuffer(chunks.reduce((sum, { length }) => sum + length, 0));
  const plain = new Uint8Array(memory);
  const offsets = new Uint32Array(chunks.length);
  let at = 0;
  chunks.forEach((chunk, index) => {
    plain.set(chunk, at);
    offsets[index] = at;
    at += chunk.length;
  });
  const lengths = Uint32Array.from(chunks, ({ length }) => length);
  const table = { ids: Uint8Array.from(Buffer.concat(here)), offsets, lengths };
  rebuild.chunks({ memory, at: 0, length: plain.length }, table);
  // It has said so: whoever lent the memory may use it for something else.
  plain.fill(0xee);
  if (lacking.length > 0) rebuild.lacking(Uint8Array.from(Buffer.concat(lacking)));
}

/** What a kill leaves: nothing of the rebuild is used again. Only its open files are given back. */
function abandon(rebuild: Rebuild): void {
  rebuild.stop();
}
