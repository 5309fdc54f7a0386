import { readFileSync } from 'node:fs';
import type { OwnerCalls } from '../posix.ts';

type Names = {
  readonly byId: ReadonlyMap<number, string>;
  readonly byName: ReadonlyMap<string, number>;
};

/**
 * From /etc/passwd and /etc/group, read at the first question; where there are none, nobody has a
 * name.
 */
export function ownerCalls(folder = '/etc'): OwnerCalls {
  const users = once(() => readNames(`${folder}/passwd`));
  const groups = once(() => readNames(`${folder}/group`));
  return {
    userName: (uid) => users().byId.get(uid),
    groupName: (gid) => groups().byId.get(gid),
    userId: (name) => users().byName.get(name),
    groupId: (name) => groups().byName.get(name),
    mayChown: () => process.geteuid?.() === 0,
  };
}

/** Lines of `name:password:id:…`, the first of a name or an id counting (passwd(5), group(5)). */
function readNames(file: string): Names {
  const byId = new Map<number, string>();
  const byName = new Map<string, number>();
  for (const line of textOf(file).split('\n')) {
    const [name, , digits] = line.split(':');
    if (name === undefined || name === '' || digits === undefined || !/^\d{1,10}$/.test(digits))
      continue;
    const id = Number(digits);
    if (!byId.has(id)) byId.set(id, name);
    if (!byName.has(name)) byName.set(name, id);
  }
  return { byId, byName };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}
