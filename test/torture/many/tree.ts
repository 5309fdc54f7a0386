/** Trees as the model knows them: a line for each path, that says all that a copy must keep. */

import { describeTree } from '../../e2e/trees.ts';

/** Path → kind, mode, owner, time, size and hash, or target. */
export type Tree = ReadonlyMap<string, string>;

export function treeOf(root: string): Tree {
  return new Map(
    describeTree(root).map((line) => {
      const end = line.indexOf(' | ');
      return [line.slice(0, end), line.slice(end + 3)];
    }),
  );
}

/** The newest state after a run that deletes nothing. Kinds of paths never change here. */
export function merged(before: Tree, now: Tree): Tree {
  return new Map([...before, ...now]);
}

/** What is at and below a path. */
export function below(tree: Tree, path: string): string[] {
  return [...tree.keys()].filter((one) => one === path || one.startsWith(`${path}/`));
}

/** In words, the first differences; null if there are none. */
export function difference(found: Tree, expected: Tree): string | null {
  const wrong: string[] = [];
  for (const [path, line] of expected) {
    const is = found.get(path);
    if (is === undefined) wrong.push(`${path} is missing`);
    else if (is !== line) wrong.push(`${path} is ${is}, not ${line}`);
  }
  for (const path of found.keys()) if (!expected.has(path)) wrong.push(`${path} is too many`);
  if (wrong.length === 0) return null;
  return `${wrong.length} differences: ${wrong.slice(0, 4).join('; ')}`;
}

/** The same as `rbbackup diff` counts it. */
export function changesBetween(before: Tree, after: Tree): Record<string, number> {
  const counts = { added: 0, removed: 0, changed: 0, metadata: 0 };
  for (const [path, line] of after) {
    const was = before.get(path);
    if (was === undefined) counts.added++;
    else if (was !== line) counts[contentOf(was) === contentOf(line) ? 'metadata' : 'changed']++;
  }
  for (const path of before.keys()) if (!after.has(path)) counts.removed++;
  return counts;
}

const REGULAR = '100000';
const LINK = '120000';

/** Without mode, owner and time. */
function contentOf(line: string): string {
  const [kind = '', ...rest] = line.split(' | ');
  if (kind === REGULAR) return `${kind} ${rest.at(-3)} ${rest.at(-2)}`;
  return kind === LINK ? `${kind} ${rest.at(-1)}` : kind;
}
