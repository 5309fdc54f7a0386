import { renameSync } from 'node:fs';

import type { Contender, ContenderName, Store } from '../contender.ts';
import { run } from '../measure/shell.ts';
import type { Workspace } from '../workspace.ts';

/** For each contender a repository that holds a source's first version already. */
export class Bases implements AsyncDisposable {
  readonly #workspace: Workspace;
  readonly #stores = new Map<ContenderName, Promise<Store>>();

  private constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Makes them, one after the other; one that fails is kept as such and told to who asks for it. */
  static async make(
    workspace: Workspace,
    contenders: readonly Contender[],
    source: string,
    log: (line: string) => void,
  ): Promise<Bases> {
    const bases = new Bases(workspace);
    for (const contender of contenders) {
      log(`  first backup, not timed: ${contender.name}`);
      const made = bases.#firstBackup(contender, source);
      bases.#stores.set(contender.name, made);
      await made.catch(() => undefined);
    }
    await workspace.settle();
    return bases;
  }

  /** @throws what making it threw */
  store(name: ContenderName): Promise<Store> {
    return this.#stores.get(name) ?? Promise.reject(new Error(`There is no ${name}.`));
  }

  /** Puts all of them aside, so that `rewound` can start from there again and again. */
  async save(): Promise<void> {
    for (const made of this.#stores.values()) {
      const store = await made.catch(() => undefined);
      if (store === undefined) continue;
      await store.pause();
      renameSync(store.state, savedState(store));
    }
  }

  /** Runs something on a copy of a repository as it was saved. */
  async rewound<T>(name: ContenderName, use: (store: Store) => Promise<T>): Promise<T> {
    const store = await this.store(name);
    await run('cp', ['-a', savedState(store), store.state]);
    await this.#workspace.settle();
    await store.resume();
    try {
      return await use(store);
    } finally {
      await store.pause();
      await this.#workspace.remove(store.state);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const made of this.#stores.values()) {
      const store = await made.catch(() => undefined);
      await store?.pause();
    }
  }

  async #firstBackup(contender: Contender, source: string): Promise<Store> {
    const state = await this.#workspace.empty(contender.name);
    const store = await contender.open(state);
    try {
      await store.backup(source);
      return store;
    } catch (error) {
      await store.pause();
      throw error;
    }
  }
}

function savedState(store: Store): string {
  return `${store.state}.saved`;
}
