import { blake3 } from '../../src/base/hash.ts';
import { EMPTY_CONTENT, NO_BYTES, NO_XATTRS } from '../../src/model/entry.ts';
import type { Content, Entry } from '../../src/model/entry.ts';
import { PageBuilder } from '../../src/model/page.ts';
import { encodeSnapshot } from '../../src/model/snapshot.ts';
import { checkVault } from '../../src/vault/check.ts';
import type { CheckOptions, CheckProblem } from '../../src/vault/check.ts';

const OWNER = { uid: 0, gid: 0, user: '', group: '' };

export function entry(path: string, kind: Entry['kind'], content: Content = EMPTY_CONTENT): Entry {
  const size = content.refs.reduce((sum, ref) => sum + ref.bytes, 0);
  const base = { kind, mode: 0o644, owner: OWNER, mtimeSec: 1, mtimeNsec: 0, size, content };
  return { path: Buffer.from(path), ...base, target: NO_BYTES, linkGroup: 0, xattrs: NO_XATTRS };
}

/** A page of a root and these files, in their order. */
export function pageOf(files: Readonly<Record<string, Content>>): Uint8Array {
  const pages = new PageBuilder();
  pages.add(entry('', 'dir'));
  for (const [path, content] of Object.entries(files)) pages.add(entry(path, 'file', content));
  return pages.take();
}

/** A snapshot's record that names these pages. */
export function snapshotOf(pages: readonly Uint8Array[], timeMs: number = 5): Uint8Array {
  const key = { user: 'ana', host: 'pc', set: 'home' };
  const about = { key, timeMs, previous: null, sourcePath: NO_BYTES };
  const counts = { files: 2, dirs: 1, bytes: 1000, skipped: 0 };
  const ids = pages.map((page) => blake3(page));
  return encodeSnapshot({ ...about, ...counts, recursive: true, deleted: true, pages: ids });
}

/** All that a check finds wrong. */
export async function problemsOf(
  options: Pick<CheckOptions, 'vault' | 'snapshots'> & Partial<CheckOptions>,
): Promise<CheckProblem[]> {
  const problems: CheckProblem[] = [];
  for await (const problem of checkVault({ readers: null, ...options })) problems.push(problem);
  return problems;
}

/** What a problem is about, its code and, of snapshots, the path. */
export function brief(problem: CheckProblem): readonly string[] {
  if (problem.of === 'record') return ['record', problem.error.code];
  const path = problem.path === null ? [] : [Buffer.from(problem.path).toString()];
  return ['snapshot', problem.code, ...path];
}
