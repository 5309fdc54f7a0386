/** Passwords, kept as scrypt hashes (RFC 7914), and checked one at a time. */

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

import { RbError } from '../../base/errors.ts';

/** OWASP's first choice for scrypt (Password Storage Cheat Sheet): 128 MiB and some 300 ms a check. */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const;
/** What a stored hash may ask for at most; it comes from a file. */
const LARGEST_N = 2 ** 18;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Each takes 128 MiB, so they queue; more than these are sent away. */
const MAX_WAITING = 8;
const STORED =
  /^scrypt\$N=(\d{1,6}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/**
 * A text that a password can be checked against, with a salt and the parameters in it. Another one each time.
 *
 * @throws RbError `busy` while too many passwords are being checked
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COST);
  const { N, r, p } = COST;
  return `scrypt$N=${N},r=${r},p=${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/**
 * Whether a password is the one that was hashed. It takes the same time whatever the answer.
 *
 * @param stored - of {@link hashPassword}
 * @throws RbError `damaged-state` if `stored` is no such text; `busy` while too many passwords are being checked
 */
export async function checkPassword(password: string, stored: string): Promise<boolean> {
  const match = STORED.exec(stored);
  const [N, r, p] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])];
  const isPower = N > 1 && Number.isInteger(Math.log2(N));
  if (match === null || !isPower || N > LARGEST_N || r !== COST.r || p !== COST.p) {
    throw new RbError('damaged-state', 'The stored password is damaged; set a new one.');
  }
  const salt = Buffer.from(match[4] ?? '', 'base64url');
  const hash = await derive(password, salt, { N, r, p });
  return timingSafeEqual(hash, Buffer.from(match[5] ?? '', 'base64url'));
}

type Cost = { readonly N: number; readonly r: number; readonly p: number };

/** Unicode's several ways to write one character count as the same, whatever the keyboard makes (RFC 8265). */
async function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  if (waiting >= MAX_WAITING) {
    throw new RbError('busy', 'Too many passwords are being checked; try again in a moment.', {
      retry: true,
    });
  }
  waiting += 1;
  const mine = last.then(() => scryptOf(password.normalize('NFC'), salt, cost));
  last = mine.catch(() => undefined);
  try {
    return await mine;
  } finally {
    waiting -= 1;
  }
}

function scryptOf(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  // The algorithm's 128 N r, and what it takes beside.
  const options = { ...cost, maxmem: 128 * cost.N * cost.r + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, options, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}
