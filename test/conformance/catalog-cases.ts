import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import type { ErrorCode } from '../../src/base/errors.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import type { Login } from '../../src/catalog/people.ts';
import type { SetKey, Snapshot } from '../../src/model/snapshot.ts';

export const HOUR_MS = 3_600_000;
export const KEY: SetKey = { user: 'ana', host: 'pc', set: 'home' };

export type Open = () => Promise<Catalog>;
/** A test with a catalog of its own. */
export type Check = (title: string, work: (catalog: Catalog) => void) => void;

export function checkWith(open: Open): Check {
  return (title, work) => {
    void test(title, async () => {
      const catalog = await open();
      try {
        work(catalog);
      } finally {
        catalog.close();
        catalog.close();
      }
    });
  };
}

export function login(fingerprint: string, nowMs: number = 1000): Login {
  return { fingerprint, label: `machine of ${fingerprint}`, nowMs };
}

/** For an hour from 0. */
export function invite(
  catalog: Catalog,
  user: string = 'ana',
  rights: 'admin' | 'read-only' | null = null,
): Uint8Array {
  return catalog.createInvitation({ user, rights, nowMs: 0, expiresMs: HOUR_MS });
}

export function idOf(first: number, second: number = 0): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? first : i === 1 ? second : 7));
}

export function snapshotOf(key: SetKey, timeMs: number): Snapshot {
  const counts = { files: 3, dirs: 2, bytes: 2 ** 45 + 1, skipped: 1 };
  const about = {
    previous: null,
    sourcePath: Uint8Array.of(0x2f, 0xff),
    recursive: true,
    deleted: false,
  };
  return { key, timeMs, ...about, ...counts, pages: [idOf(9)] };
}

export function isCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => isRbError(error, code);
}
