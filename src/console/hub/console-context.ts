import type { Clock } from '../../base/clock.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Hub } from '../../hub/hub.ts';
import type { HubEvent } from '../../hub/hub-context.ts';
import type { Vault } from '../../vault/vault.ts';
import type { EventLog } from './event-log.ts';
import type { FreeSpace } from './free-space.ts';
import type { ChosenListening } from './chosen-listening.ts';

/** What every route of the hub's console works on. */
export type ConsoleContext = {
  readonly hub: Hub;
  readonly catalog: Catalog;
  readonly vault: Pick<Vault, 'stats'>;
  /** What the hub is called by people. */
  readonly name: string;
  readonly clock: Clock;
  /** What has happened; who changes something writes into it by `log`. */
  readonly events: EventLog;
  readonly log: (event: HubEvent) => void;
  readonly space: FreeSpace;
  readonly listening: ChosenListening;
};
