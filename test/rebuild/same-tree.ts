import { lstatSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** Everything that must be equal of two trees, path by path, as text; links as the list of names of an inode. */
export function describeTree(root: string, without: readonly string[] = []): string[] {
  const lines: string[] = [];
  const names = new Map<bigint, string[]>();
  const walk = (path: string): void => {
    const full = Buffer.from(path === '' ? root : `${root}/${path}`, 'latin1');
    const stat = lstatSync(full, { bigint: true });
    const parts = [JSON.stringify(path), (stat.mode & 0o170000n).toString(8)];
    if (!stat.isSymbolicLink()) parts.push((stat.mode & 0o7777n).toString(8));
    parts.push(`${stat.uid}:${stat.gid}`, String(stat.mtimeNs));
    if (stat.isFile()) {
      parts.push(readFileSync(full).toString('base64'));
      if (stat.nlink > 1n) names.set(stat.ino, [...(names.get(stat.ino) ?? []), path]);
    }
    if (stat.isSymbolicLink())
      parts.push(readlinkSync(full, { encoding: 'buffer' }).toString('hex'));
    lines.push(parts.join(' '));
    if (!stat.isDirectory()) return;
    for (const name of readdirSync(full, { encoding: 'latin1' })) {
      const below = path === '' ? name : `${path}/${name}`;
      if (!without.includes(below)) walk(below);
    }
  };
  walk('');
  for (const group of names.values()) lines.push(`one inode: ${JSON.stringify(group.toSorted())}`);
  return lines.toSorted();
}
