/**
 * One folder, sent once through a hub to three destinations, with real processes on this machine. Called by demo.sh.
 * Nothing outside a new temporary folder is written: the folder that is shown is copied first.
 */

import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';

import { output, programPath, run, start, stopAll } from './demo-processes.ts';

const DESTINATIONS = ['attic', 'office', 'cellar'];
const USER = 'anna';
const ORIGIN = 'laptop';
/** A file of such a size is several pieces, of which a change touches one. */
const CHANGED_AT_LEAST_BYTES = 200_000;
const CHANGED_AT_MOST_BYTES = 8_000_000;

const rbbackup = programPath('rbbackup');
const rbbackupd = programPath('rbbackupd');
const isColoured = process.stdout.isTTY && !process.env['NO_COLOR'];

await main();

async function main(): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), 'rbbackup-demo-'));
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    void stopAll()
      .then(async () => await rm(place, { recursive: true, force: true }))
      .finally(() => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  try {
    await demonstrate(place);
    await stopAll();
  } catch (error) {
    // Ctrl-C reaches the command in the foreground too; its failure is then none.
    if (isStopping) return await new Promise(() => undefined);
    await stopAll();
    process.stderr.write(
      `\nThe demonstration failed: ${String(error)}\nWhat it made is in ${place}\n`,
    );
    process.exit(1);
  }
}

async function demonstrate(place: string): Promise<void> {
  const shown = await shownFolder();
  const name = basename(shown);
  const source = join(place, 'origin', name);
  say(
    `rbbackup: ${name} to a hub and ${DESTINATIONS.length} destinations, all on this machine, in ${place}`,
  );
  step(`Copying ${shown}, so that a file can be changed without touching yours`);
  await cp(shown, source, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });

  step('Starting the hub, and inviting everybody: one code sets up address, trust and name');
  const hub = await start(
    rbbackupd,
    [join(place, 'hub'), '--listen', '127.0.0.1:0', '--name', 'demo-hub'],
    'listening',
  );
  say(`  listening on 127.0.0.1:${String(hub['port'])}`);
  for (const device of [ORIGIN, ...DESTINATIONS]) await pair(place, device);

  step(`Starting ${DESTINATIONS.length} destinations: ${DESTINATIONS.join(', ')}`);
  for (const device of DESTINATIONS) {
    await start(
      rbbackup,
      ['receive', join(place, device), '--as', device, ...as(place, device)],
      'connected',
    );
  }

  const copies = ['--copies', String(DESTINATIONS.length)];
  step(`rbbackup -rd ${name} ${copies.join(' ')}`);
  await run(rbbackup, ['-rd', source, ...copies, ...as(place, ORIGIN)]);
  await compare(place, source, name);

  const changed = await fileToChange(source);
  const before = await readFile(changed);
  step(
    `Putting a line in front of ${relative(source, changed)} (${before.length} bytes), and backing up again`,
  );
  await writeFile(
    changed,
    Buffer.concat([Buffer.from('One line more, put in front of everything.\n'), before]),
  );
  await run(rbbackup, ['-rd', source, ...copies, ...as(place, ORIGIN)]);
  await compare(place, source, name);

  await restoreOld(place, source, changed, before);
  await run(rbbackup, ['snapshots', ...as(place, ORIGIN)]);
  finish(place, name);
}

/** The folder to show: the one that was named, else something real that is there anyway. */
async function shownFolder(): Promise<string> {
  const [asked] = process.argv.slice(2);
  const folder = resolve(asked ?? join(import.meta.dirname, '..', 'node_modules'));
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() !== true) {
    process.stderr.write(`${folder} is no folder; name one: npm run demo -- FOLDER\n`);
    process.exit(2);
  }
  if (asked === undefined)
    say("No folder was named (npm run demo -- FOLDER): this checkout's node_modules is taken.");
  return folder;
}

/** Lets a device in by an invitation, as its user would. */
async function pair(place: string, device: string): Promise<void> {
  const code = await output(rbbackupd, ['invite', join(place, 'hub'), USER]);
  await output(rbbackup, ['login', code.trim(), ...as(place, device)]);
}

/** The options that make a command that of another machine. */
function as(place: string, device: string): string[] {
  return ['--config', join(place, 'config', device), '--host', device];
}

/** Proves by other programs that every copy equals the source. */
async function compare(place: string, source: string, name: string): Promise<void> {
  const hasRsync = await output('sh', ['-c', 'command -v rsync || true']);
  for (const device of DESTINATIONS) {
    const copy = join(place, device, `${USER}@${ORIGIN}`, name);
    const [command, args] =
      hasRsync.trim() === ''
        ? (['diff', ['-r', '--no-dereference', source, copy]] as const)
        : (['rsync', ['-naci', '--delete', `${source}/`, `${copy}/`]] as const);
    const differences = await output(command, args, [0, 1]);
    if (differences.trim() !== '') throw new Error(`${copy} differs:\n${differences}`);
    say(
      `  ${device}: ${command === 'diff' ? 'diff -r' : 'rsync -naci --delete'} finds no difference`,
    );
  }
}

/** A file long enough to be worth looking at; the largest if all are short. */
async function fileToChange(folder: string): Promise<string> {
  let best = { path: '', bytes: -1 };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size } = await stat(path);
    if (size > CHANGED_AT_MOST_BYTES) continue;
    if (size > best.bytes) best = { path, bytes: size };
    if (size >= CHANGED_AT_LEAST_BYTES) break;
  }
  if (best.path === '') throw new Error(`${folder} has no file that could be changed.`);
  return best.path;
}

async function restoreOld(
  place: string,
  source: string,
  changed: string,
  before: Buffer,
): Promise<void> {
  const list = await output(rbbackup, ['snapshots', '--json', ...as(place, ORIGIN)]);
  const rows = list
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string; snapshot: string });
  const first = rows.findLast(({ event }) => event === 'snapshot')?.snapshot.slice(0, 12) ?? '';
  const path = relative(source, changed);
  const into = join(place, 'restored');
  await mkdir(into);
  step(`rbbackup restore ${first}:${path}: the file as it was before`);
  await run(rbbackup, ['restore', `${first}:${path}`, into, ...as(place, ORIGIN)]);
  const restored = await readFile(join(into, basename(changed)));
  if (!restored.equals(before)) throw new Error('The restored file is not what it was.');
  say('  it is the same, byte by byte');
}

function finish(place: string, name: string): void {
  step('Done: 3 of 3 copies verified, twice. Everything is stopped');
  say(`  the hub's vault   ${join(place, 'hub')}`);
  for (const device of DESTINATIONS)
    say(`  ${device.padEnd(17)} ${join(place, device, `${USER}@${ORIGIN}`, name)}`);
  say(`  the restored file ${join(place, 'restored')}`);
  say(`  remove it all by  rm -rf ${place}`);
}

function step(text: string): void {
  say(isColoured ? `\n\u001b[1m▶ ${text}\u001b[0m` : `\n> ${text}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
