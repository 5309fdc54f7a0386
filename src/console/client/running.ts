import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';

import * as v from 'valibot';

import { writeDurably } from '../../base/durable-file.ts';
import { lockFile } from '../../base/durable-lock.ts';
import type { FileLock } from '../../base/durable-lock.ts';
import { RbError, isRbError } from '../../base/errors.ts';

/** Where a console answers other commands of its user. */
export const KEY_PATH = '/api/open-key';

const ANSWER_MS = 5000;
const MOST_ANSWER_CHARACTERS = 4096;

const announcedSchema = v.object({
  version: v.literal(1),
  url: v.pipe(v.string(), v.regex(/^http:\/\/[^/\s]+\/$/)),
  secret: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});
const answerSchema = v.object({ url: v.string() });

/** That a console runs with this configuration: a lock, and a private file that says how to reach it. */
export class Running {
  readonly #path: string;
  readonly #lock: FileLock;
  readonly #secret = randomBytes(32);

  private constructor(path: string, lock: FileLock) {
    this.#path = path;
    this.#lock = lock;
  }

  /** @returns null if another console runs with this configuration. @throws RbError `dir-unwritable` */
  static claim(configDir: string): Running | null {
    const inUse = (): RbError => new RbError('busy', 'Another console runs.');
    try {
      return new Running(pathIn(configDir), lockFile(join(configDir, 'gui-lock.db'), inUse));
    } catch (error) {
      if (isRbError(error, 'busy')) return null;
      throw error;
    }
  }

  /** Says where it listens. @throws RbError `dir-unwritable`, `disk-full` */
  async announce(url: string): Promise<void> {
    const announced = { version: 1, url, secret: this.#secret.toString('hex') };
    await writeDurably(this.#path, `${JSON.stringify(announced)}\n`);
  }

  /** Whether who asks has read the private file. */
  isOurs(authorization: string | undefined): boolean {
    const told = Buffer.from(authorization?.replace(/^Bearer /, '') ?? '', 'hex');
    return told.length === this.#secret.length && timingSafeEqual(told, this.#secret);
  }

  async release(): Promise<void> {
    await rm(this.#path, { force: true });
    this.#lock.release();
  }
}

/**
 * Asks the console that runs with this configuration for an address with a new key.
 * @throws RbError `busy` if it is about to start or to end
 */
export async function askRunning(configDir: string): Promise<string> {
  try {
    const text = await readFile(pathIn(configDir), 'utf8');
    const { url, secret } = v.parse(announcedSchema, JSON.parse(text));
    return v.parse(answerSchema, JSON.parse(await post(`${url}${KEY_PATH.slice(1)}`, secret))).url;
  } catch (cause) {
    const why = 'A console of this configuration is starting or ending; try again in a moment.';
    throw new RbError('busy', why, { cause, retry: true });
  }
}

async function post(url: string, secret: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
    const asked = request(url, { method: 'POST', headers, timeout: ANSWER_MS }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (piece: string) => {
        text += piece;
        if (text.length > MOST_ANSWER_CHARACTERS)
          asked.destroy(new Error('The answer is too long.'));
      });
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`The console answered ${answer.statusCode}.`));
      });
    });
    asked.on('timeout', () => asked.destroy(new Error('The console does not answer.')));
    asked.on('error', reject);
    asked.end('{}');
  });
}

function pathIn(configDir: string): string {
  return join(configDir, 'gui-running.json');
}
