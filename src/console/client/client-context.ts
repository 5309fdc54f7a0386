import type { Clock } from '../../base/clock.ts';
import type { Transport } from '../../transport/transport.ts';
import type { ClientState } from '../api/client-api.ts';
import type { Changes } from './changes.ts';
import type { GuiMemory } from './gui-memory.ts';
import type { HubList } from './hub-list.ts';
import type { OpenKeys } from './open-keys.ts';
import type { Running } from './running.ts';
import type { SharedSession } from './shared-session.ts';
import type { TaskTable } from './tasks/task-table.ts';
import type { WorkRoom } from './tasks/work-room.ts';

/** What the routes of the client's console work on. */
export type ClientContext = {
  readonly configDir: string;
  readonly transport: Transport;
  readonly clock: Clock;
  /** `rbbackup 0.1.0` */
  readonly program: string;
  /** This machine's name in sets. */
  readonly host: string;
  /** Aborts when the console ends. */
  readonly signal: AbortSignal;
  readonly hubs: HubList;
  readonly tasks: TaskTable;
  readonly memory: GuiMemory;
  readonly work: WorkRoom;
  /** For looking at snapshots. */
  readonly session: SharedSession;
  /** Of hubs and tasks. */
  readonly changes: Changes;
  readonly keys: OpenKeys;
  readonly running: Running;
  /** Where the console is, with a slash at the end; known once it listens. */
  readonly url: () => string;
};

/** Everything that a page shows of hubs and tasks. */
export function clientState({ program, host, hubs, tasks }: ClientContext): ClientState {
  const known = hubs.hubs.map(({ fingerprint, name, addresses }) => ({
    fingerprint,
    name,
    addresses,
  }));
  return { program, host, hubs: known, current: known[0] ?? null, tasks: tasks.list() };
}
