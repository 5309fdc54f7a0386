import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Repeatable numbers in [0, below). */
export type Random = (below: number) => number;

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const NAMES = ['a', 'a.b', 'b', 'c', 'd\n', 'ü', 'z'];

/** Changes a folder in so many ways; kinds, links, contents, names, modes and times. */
export function mutate(root: string, random: Random, times: number): void {
  for (let i = 0; i < times; i++) mutateOnce(root, random);
}

function somewhere(root: string, random: Random): string {
  let folder = root;
  for (let depth = random(4); depth > 0; depth--) {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const next = folders[random(Math.max(1, folders.length))];
    if (next === undefined) break;
    folder = join(folder, next.name);
  }
  return join(folder, NAMES[random(NAMES.length)] as string);
}

/** All regular files below a folder; unlike a recursive readdir it does not go through links. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

function someFile(root: string, random: Random): string | null {
  const files = filesBelow(root);
  return files[random(Math.max(1, files.length))] ?? null;
}

function content(random: Random): Buffer {
  const pieces = random(6);
  const out = Buffer.alloc(pieces * 4096 + random(300));
  // Few different pieces, so that files share some; some are holes.
  for (let piece = 0; piece * 4096 < out.length; piece++)
    out.fill(random(12), piece * 4096, Math.min(out.length, (piece + 1) * 4096));
  return out;
}

function mutateOnce(root: string, random: Random): void {
  const path = somewhere(root, random);
  const file = someFile(root, random);
  switch (random(9)) {
    case 0:
    case 1:
      rmSync(path, { recursive: true, force: true });
      writeFileSync(path, content(random));
      break;
    case 2:
      if (!existsSync(path)) rmSync(path, { force: true });
      if (existsSync(path) && lstatSync(path).isDirectory()) break;
      rmSync(path, { force: true });
      mkdirSync(path);
      break;
    case 3:
      rmSync(path, { recursive: true, force: true });
      symlinkSync('../a/b', path);
      break;
    case 4:
      rmSync(path, { recursive: true, force: true });
      break;
    case 5: {
      const from = somewhere(root, random);
      if (
        !existsSync(from) ||
        path === from ||
        path.startsWith(`${from}/`) ||
        from.startsWith(`${path}/`)
      )
        break;
      rmSync(path, { recursive: true, force: true });
      renameSync(from, path);
      break;
    }
    case 6:
      if (file === null || file === path || file.startsWith(`${path}/`)) break;
      rmSync(path, { recursive: true, force: true });
      linkSync(file, path);
      break;
    case 7:
      if (file === null) break;
      if (random(2) === 0) chmodSync(file, 0o600 + random(64));
      else utimesSync(file, random(1_000_000), random(1_000_000) + 0.25);
      break;
    default: {
      if (file === null) break;
      const bytes = readFileSync(file);
      if (random(3) === 0) truncateSync(file, random(20_000));
      else if (bytes.length > 0) {
        bytes[random(bytes.length)] = random(256);
        writeFileSync(file, bytes);
      }
    }
  }
}
