import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import * as v from 'valibot';

import { writeDurably } from '../../base/durable-file.ts';
import { RbError, systemCodeOf } from '../../base/errors.ts';
import type { HubName } from '../../client/config.ts';
import type { Path } from '../api/common.ts';
import type { ReceiveRequest } from '../api/client-api.ts';

const MOST_RECENT = 10;

const pathSchema = v.object({ path: v.string(), pathBytes: v.exactOptional(v.string()) });
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const receiveSchema = v.object({
  id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  hub: v.object({
    fingerprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    name: v.string(),
  }),
  request: v.object({
    kind: v.literal('receive'),
    folder: pathSchema,
    set: v.nullable(v.object({ user: v.string(), host: v.string(), set: v.string() })),
    as: v.exactOptional(v.string()),
    localPort: v.exactOptional(v.pipe(count, v.maxValue(65_535))),
    limitBytesPerSec: v.exactOptional(v.pipe(count, v.minValue(1024))),
  }),
});
const fileSchema = v.object({
  version: v.literal(1),
  receives: v.array(receiveSchema),
  recent: v.array(pathSchema),
});

/** A folder that is a destination whenever the console runs. */
export type RememberedReceive = {
  readonly id: string;
  readonly hub: HubName;
  readonly request: ReceiveRequest;
};

/**
 * What the console remembers from one start to the next: `gui.json` in the configuration folder, for its owner alone.
 * Each change is durable when it returns. One console has it at a time.
 */
export class GuiMemory {
  readonly #path: string;
  #receives: readonly RememberedReceive[];
  #recent: readonly Path[];
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, kept: v.InferOutput<typeof fileSchema>) {
    this.#path = path;
    this.#receives = kept.receives;
    this.#recent = kept.recent;
  }

  /**
   * What is damaged is put aside, and told.
   * @throws RbError `unreadable`, `dir-unwritable`
   */
  static async open(configDir: string, log: (message: string) => void): Promise<GuiMemory> {
    const path = join(configDir, 'gui.json');
    const nothing = { version: 1 as const, receives: [], recent: [] };
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (cause) {
      if (systemCodeOf(cause) === 'ENOENT') return new GuiMemory(path, nothing);
      const why = `${path} can't be read; check its owner and mode.`;
      throw new RbError('unreadable', why, { cause });
    }
    try {
      return new GuiMemory(path, v.parse(fileSchema, JSON.parse(text)));
    } catch {
      await rename(path, `${path}.damaged`);
      log(
        `${path} was damaged and is now ${path}.damaged; folders that received have to be chosen again.`,
      );
      return new GuiMemory(path, nothing);
    }
  }

  get receives(): readonly RememberedReceive[] {
    return this.#receives;
  }

  /** Folders that were chosen, the last first. */
  get recent(): readonly Path[] {
    return this.#recent;
  }

  async remember(receive: RememberedReceive): Promise<void> {
    this.#receives = [...this.#receives.filter(({ id }) => id !== receive.id), receive];
    await this.#write();
  }

  async forget(id: string): Promise<void> {
    const left = this.#receives.filter((receive) => receive.id !== id);
    if (left.length === this.#receives.length) return;
    this.#receives = left;
    await this.#write();
  }

  async used(folder: Path): Promise<void> {
    const isOther = ({ path, pathBytes }: Path): boolean =>
      path !== folder.path || pathBytes !== folder.pathBytes;
    const next = [folder, ...this.#recent.filter(isOther)].slice(0, MOST_RECENT);
    if (JSON.stringify(next) === JSON.stringify(this.#recent)) return;
    this.#recent = next;
    await this.#write();
  }

  async #write(): Promise<void> {
    const write = async (): Promise<void> => {
      const kept = { version: 1, receives: this.#receives, recent: this.#recent };
      await writeDurably(this.#path, `${JSON.stringify(kept, null, 2)}\n`);
    };
    const written = this.#writing.then(write, write);
    this.#writing = written;
    await written;
  }
}
