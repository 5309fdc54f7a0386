import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { run, runShell } from '../measure/shell.ts';

/** Two versions of one source tree. */
export interface KernelTrees {
  /** Folders, on disk, never changed by the bench. */
  readonly first: string;
  readonly second: string;
  /** `linux-source-6.1 6.1.187-1 and 6.1.192-2`. */
  readonly name: string;
}

const PACKAGE = 'linux-source-6.1';
/** The pair that earlier figures were taken with, as long as the archive keeps it. */
const USUAL_UPSTREAM = ['6.1.187', '6.1.192'] as const;

/**
 * The Debian package `linux-source-6.1` in two versions, downloaded by `apt-get download` and unpacked
 * into the cache unless it holds them already. Modes, owners and times are the tarball's.
 *
 * @param cache - folder for data, outside the checkout
 * @throws Error if neither the cache nor the archive has two versions
 */
export async function fetchKernel(
  cache: string,
  log: (line: string) => void,
): Promise<KernelTrees> {
  const [first, second] = await chooseVersions(cache);
  return {
    first: await unpackedVersion(cache, first, log),
    second: await unpackedVersion(cache, second, log),
    name: `${PACKAGE} ${first} and ${second}`,
  };
}

async function chooseVersions(cache: string): Promise<readonly [string, string]> {
  const kept = existsSync(join(cache, 'kernel')) ? readdirSync(join(cache, 'kernel')) : [];
  const unpacked = kept.filter((name) => /^\d[\w.~+-]*$/.test(name)).toSorted(compareVersions);
  const [oldest] = unpacked;
  const newest = unpacked.at(-1);
  if (oldest !== undefined && newest !== undefined && upstreamOf(oldest) !== upstreamOf(newest)) {
    return [oldest, newest];
  }
  const listed = await run('apt-cache', ['madison', PACKAGE]);
  // Newest first: "linux-source-6.1 |  6.1.192-2 | http://…".
  const versions = listed.split('\n').map((line) => line.split('|')[1]?.trim() ?? '');
  const offered = versions.filter((version) => version !== '');
  const usual = USUAL_UPSTREAM.map((upstream) =>
    offered.find((version) => upstreamOf(version) === upstream),
  );
  const second = usual[1] ?? offered[0];
  // Revisions of one upstream version differ in next to nothing.
  const first =
    usual[1] !== undefined && usual[0] !== undefined
      ? usual[0]
      : offered.find((version) => second !== undefined && upstreamOf(version) !== upstreamOf(second));
  if (first === undefined || second === undefined) {
    throw new Error(
      `The archive keeps fewer than two versions of ${PACKAGE}: ${offered.join(', ')}. Run apt-get update, or add the security archive to the sources.`,
    );
  }
  return [first, second];
}

async function unpackedVersion(
  cache: string,
  version: string,
  log: (line: string) => void,
): Promise<string> {
  const tree = join(cache, 'kernel', version);
  if (existsSync(tree)) return tree;
  const partial = join(cache, 'kernel', `.${version}.partial`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(join(partial, 'tree'), { recursive: true });
  log(`Downloading ${PACKAGE} ${version}`);
  await run('apt-get', ['download', `${PACKAGE}=${version}`], { cwd: partial });
  const archive = readdirSync(partial).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new Error(`apt-get download left no package in ${partial}.`);
  log(`Unpacking ${archive}`);
  await runShell(
    'dpkg-deb --fsys-tarfile "$1" | tar -xO --wildcards "./usr/src/linux-source-*.tar.xz" | tar -xJ --strip-components=1 -C "$2"',
    [join(partial, archive), join(partial, 'tree')],
  );
  renameSync(join(partial, 'tree'), tree);
  rmSync(partial, { recursive: true, force: true });
  return tree;
}

function upstreamOf(version: string): string {
  return version.replace(/-[^-]*$/, '');
}

function compareVersions(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}
