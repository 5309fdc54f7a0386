import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { Remembered } from '../remembered.ts';
import type { OwnerCalls } from '../posix.ts';
import type { Libc } from './libc.ts';
import { AREA } from './memory.ts';

/**
 * In struct passwd and struct group alike: the name's pointer first, the id behind two pointers
 * (pwd.h, grp.h).
 */
const RECORD = AREA.small;
const ID_OFFSET = 16;
/** Where the call says whether it found one. */
const RESULT = AREA.small + 256;
/** capability.h: bit 0 of the effective set. */
const CAP_CHOWN = 1n;

type Query = (key: number, record: number, buffer: number, bytes: number, result: number) => number;

/** Asks the C library, so that directories (LDAP, sssd) count as well as /etc/passwd. */
export function ownerCalls(libc: Libc): OwnerCalls {
  const { calls, memory } = libc;

  /**
   * @returns whether a record was found. One that can't be had just now counts as none: ids are
   * kept anyway.
   */
  function find(query: Query, key: number): boolean {
    const { base } = memory;
    for (let tries = 0; tries < 3; tries++) {
      memory.setInt64(RESULT, 0);
      const errno = query(key, base + RECORD, base + AREA.large, AREA.largeBytes, base + RESULT);
      if (errno === 0) return memory.uint64(RESULT) !== 0;
      if (errno !== constants.errno.EINTR) return false;
    }
    return false;
  }

  function nameOf(query: Query, id: number): string | undefined {
    if (!find(query, id)) return undefined;
    const start = memory.uint64(RECORD) - memory.base;
    // The strings of a record stand in the buffer that the call was given.
    if (start < AREA.large || start >= AREA.large + AREA.largeBytes) return undefined;
    const end = memory.bytes.indexOf(0, start);
    return Buffer.from(memory.copy(start, end)).toString();
  }

  function idOf(query: Query, name: string): number | undefined {
    if (name === '' || name.includes('\0') || name.length > 255) return undefined;
    const found = find(query, memory.path(Buffer.from(name), 'getpwnam'));
    return found ? memory.view.getUint32(RECORD + ID_OFFSET, true) : undefined;
  }

  const userNames = new Remembered((uid: number) => nameOf(calls.getpwuid, uid));
  const groupNames = new Remembered((gid: number) => nameOf(calls.getgrgid, gid));
  const userIds = new Remembered((name: string) => idOf(calls.getpwnam, name));
  const groupIds = new Remembered((name: string) => idOf(calls.getgrnam, name));
  return {
    userName: (uid) => userNames.get(uid),
    groupName: (gid) => groupNames.get(gid),
    userId: (name) => userIds.get(name),
    groupId: (name) => groupIds.get(name),
    mayChown: hasChownCapability,
  };
}

function hasChownCapability(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(
    readFileSync('/proc/self/status', 'latin1'),
  )?.[1];
  return effective !== undefined && (BigInt(`0x${effective}`) & CAP_CHOWN) !== 0n;
}
