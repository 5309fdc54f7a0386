/** What a message of the table is to the test. */

import type { Connection, Stream } from '../../src/transport/transport.ts';
import type { Outcome } from './rights-table.ts';
import type { Scene, Things } from './rights-scene.ts';

/** What is said, of what, by whom. */
export type Saying = {
  readonly scene: Scene;
  readonly connection: Connection;
  /** Which field names it. */
  readonly names: string;
  readonly named: Things;
  /** Where `Act.before` has opened one. */
  readonly stream: Stream;
};

export type Act = {
  /** For what isn't the first of its stream: opens one, about things of the visitor's own, and waits for the hub. */
  readonly before?: (scene: Scene, connection: Connection) => Promise<Stream>;
  /** @throws what the hub answers against it */
  readonly say: (saying: Saying) => Promise<Outcome>;
};

/** Bars of progress that say nothing. */
export const BARS = {
  file: new Uint8Array(0),
  fileBytes: 0,
  fileTotal: 0,
  bytes: 0,
  total: 0,
  files: 0,
  filesTotal: 0,
} as const;
