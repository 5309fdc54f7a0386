import { readHubs } from '../../client/config.ts';
import type { KnownHub } from '../../client/config.ts';

/** The hubs that this device trusts, as they were read last: other commands change them as well. */
export class HubList {
  readonly #configDir: string;
  readonly #changed: () => void;
  #hubs: readonly KnownHub[] = [];

  constructor(configDir: string, changed: () => void) {
    this.#configDir = configDir;
    this.#changed = changed;
  }

  get hubs(): readonly KnownHub[] {
    return this.#hubs;
  }

  /** The one in use: the first. */
  get current(): KnownHub | null {
    return this.#hubs[0] ?? null;
  }

  /** @throws RbError as readHubs */
  async refresh(): Promise<void> {
    const hubs = await readHubs(this.#configDir);
    if (JSON.stringify(hubs) === JSON.stringify(this.#hubs)) return;
    this.#hubs = hubs;
    this.#changed();
  }
}
