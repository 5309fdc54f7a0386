import { RbError } from '../base/errors.ts';
import type { SnapshotRow } from '../catalog/catalog.ts';
import { noteCheck } from '../catalog/last-check.ts';
import type { Stream } from '../transport/transport.ts';
import { checkVault } from '../vault/check.ts';
import type { SnapshotProblem } from '../vault/check.ts';
import type { AskCheck, Checked, Checking, Problem } from '../wire/messages-care.ts';
import { MAX_NAMES } from '../wire/wire-limits.ts';
import { allSnapshots } from './heal/all-snapshots.ts';
import { LackingList } from './heal/lacking-list.ts';
import { chunkKey } from './runs/chunk-key.ts';
import type { HubContext } from './hub-context.ts';
import type { Client } from './register.ts';
import { requireRight } from './rights.ts';
import { Throttle } from './throttle.ts';

const PROGRESS_EVERY_MS = 250;

/** One check at a time: two would only take each other's disk. */
const checking = new WeakSet<HubContext>();

/**
 * Verifies the vault for an administrator, and heals it if that is wanted: then only what nobody could give back is told.
 * @throws RbError `not-allowed`; `busy` while another check is under way
 */
export async function serveCheck(
  hub: HubContext,
  client: Client,
  stream: Stream,
  question: AskCheck,
): Promise<void> {
  requireRight(client.login, 'check', client.login.user);
  const gone = new AbortController();
  void stream.closed.then(() => gone.abort());
  await checkHub(hub, (message) => stream.send(message), question, gone.signal);
}

/** Gets each message of a check; the last one is `checked`. */
export type TellCheck = (message: Checking | Problem | Checked) => Promise<unknown>;

/** @throws RbError `busy` while another check is under way; what `signal` was aborted for */
export async function checkHub(
  hub: HubContext,
  tell: TellCheck,
  question: Pick<AskCheck, 'readData' | 'heal'>,
  signal: AbortSignal,
): Promise<void> {
  if (checking.has(hub))
    throw new RbError('busy', 'The hub is being checked already; try again when that is done.');
  checking.add(hub);
  try {
    await new VaultCheck(hub, tell, question, signal).run();
  } finally {
    checking.delete(hub);
  }
}

export function isBeingChecked(hub: HubContext): boolean {
  return checking.has(hub);
}

class VaultCheck {
  readonly #hub: HubContext;
  readonly #tell: TellCheck;
  readonly #question: Pick<AskCheck, 'readData' | 'heal'>;
  readonly #signal: AbortSignal;
  readonly #rows: readonly SnapshotRow[];
  readonly #rowOf = new Map<string, SnapshotRow>();
  /** Keys of snapshots that can't be restored whole. */
  #damaged = new Set<string>();

  constructor(
    hub: HubContext,
    tell: TellCheck,
    question: Pick<AskCheck, 'readData' | 'heal'>,
    signal: AbortSignal,
  ) {
    this.#hub = hub;
    this.#tell = tell;
    this.#question = question;
    this.#signal = signal;
    this.#rows = allSnapshots(hub.catalog);
    for (const row of this.#rows) this.#rowOf.set(chunkKey(row.id), row);
  }

  async run(): Promise<void> {
    const { catalog, clock, healer } = this.#hub;
    const { readData, heal } = this.#question;
    const damagedRecords = await this.#check(this.#rows, readData, !heal);
    let healed = { healedChunks: 0, from: [] as readonly string[] };
    if (heal && this.#damaged.size > 0) {
      healed = await untilGone(healer.heal(), this.#signal);
      const left = this.#rows.filter(({ id }) => this.#damaged.has(chunkKey(id)));
      this.#damaged = new Set();
      await this.#check(left, false, true);
    }
    const damagedSnapshots = this.#damaged.size;
    const ok = damagedSnapshots === 0 && (heal || damagedRecords === 0);
    noteCheck(catalog, { timeMs: clock.nowMs(), ok, readData, damagedSnapshots, damagedRecords });
    await this.#tell({
      t: 'checked',
      snapshots: this.#rows.length,
      damagedSnapshots,
      damagedRecords,
      healedChunks: healed.healedChunks,
      from: healed.from.slice(0, MAX_NAMES),
      lackingChunks: catalog.lackingCount(),
    });
  }

  /** @returns how many records are damaged */
  async #check(rows: readonly SnapshotRow[], readData: boolean, tells: boolean): Promise<number> {
    const { catalog, chunks, clock, pool, vault } = this.#hub;
    const list = new LackingList();
    let damagedRecords = 0;
    const at = { readBytes: 0, snapshots: 0 };
    const totals = { totalBytes: vault.stats().storedBytes, snapshotsTotal: rows.length };
    const told = new Throttle(clock, PROGRESS_EVERY_MS, () => {
      this.#tell({ t: 'checking', ...at, ...totals }).catch(() => undefined);
    });
    try {
      const problems = checkVault({
        vault,
        snapshots: rows.map(({ id }) => id),
        readers: readData ? pool : null,
        onLacking: (snapshot, id, kind) => list.add(this.#row(snapshot).key, id, kind),
        onProgress: (progress) => {
          Object.assign(at, progress);
          told.poke();
        },
        forget: (place) => chunks.leaveAside(place, 'A check has found damage.'),
        signal: this.#signal,
      });
      for await (const problem of problems) {
        if (problem.of === 'record') damagedRecords++;
        else await this.#found(problem, tells);
      }
    } finally {
      told.stop();
    }
    list.note(catalog, clock.nowMs());
    return damagedRecords;
  }

  async #found(problem: SnapshotProblem, tells: boolean): Promise<void> {
    const { snapshot, path, code, why } = problem;
    const key = chunkKey(snapshot);
    // At once: what this snapshot lacks must not be taken as held by the next backup.
    if (!this.#damaged.has(key)) this.#hub.catalog.markDamaged(snapshot, true);
    this.#damaged.add(key);
    if (!tells) return;
    await this.#tell({
      t: 'problem',
      snapshot,
      ...this.#row(snapshot).key,
      path,
      code,
      message: why,
    });
  }

  #row(snapshot: Uint8Array): SnapshotRow {
    return this.#rowOf.get(chunkKey(snapshot)) as SnapshotRow;
  }
}

/** What is under way goes on when nobody waits for it any more. @throws RbError `interrupted` */
async function untilGone<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const gone = Promise.withResolvers<never>();
  const leave = (): void =>
    gone.reject(new RbError('interrupted', 'Nobody waits for the check any more.'));
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([work, gone.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
