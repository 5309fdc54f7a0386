/** A hub with what is named in the table: of each kind of thing one of the visitor's own, one of ana's, and one of nobody's. */

import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';

import type { Duty, Rights } from '../../src/catalog/people.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { SetKey } from '../../src/model/snapshot.ts';
import type { Connection } from '../../src/transport/transport.ts';
import { backUp, Origin } from '../hub/actors.ts';
import { identityNumber, newDestination, startLab } from '../hub/lab.ts';
import type { Lab } from '../hub/lab.ts';
import { chunkOf, smallTree } from '../hub/trees.ts';
import type { Chunk } from '../hub/trees.ts';

/** What somebody has. */
export type Things = {
  readonly key: SetKey;
  readonly snapshot: Uint8Array;
  readonly data: Chunk;
  readonly page: Chunk;
  /** Under way, in the set `live`. */
  readonly run: string;
  readonly destination: Uint8Array;
};

const DAY_MS = 86_400_000;
const FOREIGN_NUMBER = 2;

/** One visitor and ana, at one hub. */
export class Scene {
  readonly lab: Lab;
  readonly user: string;
  readonly #number: number;
  readonly #isOpen: boolean;
  readonly #clock: Clock | undefined;
  #own: Things | null = null;
  #foreign: Things | null = null;

  private constructor(
    lab: Lab,
    user: string,
    number: number,
    isOpen: boolean,
    clock: Clock | undefined,
  ) {
    this.lab = lab;
    this.user = user;
    this.#number = number;
    this.#isOpen = isOpen;
    this.#clock = clock;
  }

  /** @param rights null: a guest of an open hub */
  static async open(t: TestContext, rights: Rights | null, clock?: Clock): Promise<Scene> {
    const isOpen = rights === null;
    const lab = await startLab(t, { open: isOpen, ...(clock === undefined ? {} : { clock }) });
    const scene = new Scene(lab, 'mal', FOREIGN_NUMBER + 1, isOpen, clock);
    scene.#foreign = await scene.#furnish('ana', FOREIGN_NUMBER, 'letters');
    scene.#own = await scene.#furnish(scene.user, scene.#number, 'docs');
    if (rights !== null) lab.catalog.setRights(scene.user, rights);
    return scene;
  }

  /** All of the visitor's devices. */
  takesDuty(duty: Duty): void {
    const { catalog } = this.lab;
    if (this.#isOpen) return;
    for (const { fingerprint } of catalog.devices(this.user)) catalog.setDuty(fingerprint, duty);
  }

  get own(): Things {
    return this.#own as Things;
  }

  get foreign(): Things {
    return this.#foreign as Things;
  }

  /** What is nobody's: another one each time. */
  absent(): Things {
    const chunk = chunkOf(randomBytes(1000));
    return {
      key: { user: 'zoe', host: 'nowhere', set: `none-${randomBytes(4).toString('hex')}` },
      snapshot: new Uint8Array(randomBytes(32)),
      data: chunk,
      page: chunk,
      run: randomBytes(8).toString('hex'),
      destination: newDestination(),
    };
  }

  /** Comes in by an invitation, or by name alone at an open hub; a known device just comes back. */
  async enter(user: string = this.user, number: number = this.#number): Promise<Connection> {
    const identity = await identityNumber(number);
    const { catalog } = this.lab;
    const isKnown = catalog.devices(user).length > 0;
    if (this.#isOpen || isKnown) return await this.lab.login(user, {}, identity);
    const nowMs = this.#clock?.nowMs() ?? Date.now();
    const wish = { user, rights: null, nowMs, expiresMs: nowMs + DAY_MS };
    const invite = catalog.createInvitation(wish);
    return await this.lab.login(user, { invite }, identity);
  }

  async #furnish(user: string, number: number, set: string): Promise<Things> {
    const connection = await this.enter(user, number);
    const tree = smallTree(number * 100, 3);
    const host = user === 'ana' ? 'desk' : 'machine';
    const { snapshot } = await backUp(connection, set, tree, { host });
    const { run } = await new Origin(connection, `${set}-live`, { host }).start();
    const destination = newDestination();
    const { catalog } = this.lab;
    catalog.recordDestination({ id: destination, user, name: `of ${user}`, lastSeenMs: 1 });
    const [data, page] = [tree.data[0] as Chunk, tree.pages[0] as Chunk];
    return { key: { user, host, set }, snapshot, data, page, run, destination };
  }
}
