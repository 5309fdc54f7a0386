/** What no damage may ever lead to. */

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { describeTree } from '../../e2e/trees.ts';
import { client } from './in-process.ts';
import type { Ran } from './in-process.ts';
import type { Known } from './scene.ts';

/** Something that must not happen. */
export class Fault extends Error {}

const REGULAR = '100000';
/** Codes that say that the program itself is at a loss. */
const AT_A_LOSS = new Set(['internal']);

/** Fails if a command's words are those of a program that didn't expect what it found. */
export function assertSane(ran: Ran, what: string): void {
  const text = `${what}: ${JSON.stringify(ran.done)} ${ran.stderr}`;
  if (/^\s+at .+:\d+:\d+/m.test(ran.stderr)) throw new Fault(`a stack trace: ${text}`);
  for (const { code, message } of ran.lines) {
    if (AT_A_LOSS.has(String(code))) throw new Fault(`code ${String(code)}: ${text}`);
    if (code !== undefined && (typeof message !== 'string' || message.length < 10))
      throw new Fault(`a code without a sentence: ${text}`);
  }
  if (ran.done.event !== 'done') throw new Fault(`no last word: ${text}`);
  if ((ran.status === 0) !== (ran.done['ok'] === true)) throw new Fault(`status and word: ${text}`);
}

/**
 * Restores a snapshot. What is there then must be right; what is missing must have been refused by its path, or all of it.
 * @returns whether it is whole
 */
export async function restoredWhole(
  port: number,
  config: string,
  { id, tree }: Known,
  into: string,
): Promise<boolean> {
  rmSync(into, { recursive: true, force: true });
  const ran = await client(port, config, ['restore', id, into]);
  assertSane(ran, `restore ${id}`);
  if (!existsSync(into)) {
    if (ran.status === 0) throw new Fault(`restore ${id}: nothing is there`);
    return false;
  }
  const found = describeTree(into);
  if (ran.status === 0) {
    assertSame(found, tree, `restore ${id}`);
    return true;
  }
  const expected = new Map(tree.map((line) => [pathOf(line), contentOf(line)]));
  for (const line of found) {
    if (contentOf(line) !== expected.get(pathOf(line)))
      throw new Fault(`restore ${id} handed out wrong bytes: ${line}`);
  }
  const refused = ran.lines.filter(({ event }) => event === 'problem');
  const named = new Set(refused.map(({ path }) => String(path)));
  const there = new Set(found.map(pathOf));
  const unnamed = [...expected.keys()].filter((path) => !there.has(path) && !isNamed(path, named));
  // Where its pages are gone nobody knows the paths: then the whole is refused.
  if (refused.length > 0 && unnamed.length > 0)
    throw new Fault(`restore ${id}: missing and not named: ${unnamed.join(', ')}`);
  return false;
}

function isNamed(path: string, named: ReadonlySet<string>): boolean {
  return [...named].some((one) => path === one || path.startsWith(one === '' ? '' : `${one}/`));
}

export function assertSame(
  found: readonly string[],
  expected: readonly string[],
  what: string,
): void {
  const [has, wants] = [new Set(found), new Set(expected)];
  const wrong = [
    ...found.filter((line) => !wants.has(line)).map((line) => `has ${line}`),
    ...expected.filter((line) => !has.has(line)).map((line) => `lacks ${line}`),
  ];
  if (wrong.length > 0) throw new Fault(`${what}: ${wrong.slice(0, 6).join('; ')}`);
}

function pathOf(line: string): string {
  return line.split(' | ')[0] ?? '';
}

/** Kind, and of a file its size and hash. */
function contentOf(line: string): string {
  const [, kind = '', ...more] = line.split(' | ');
  return kind === REGULAR ? `${kind} ${more.at(-3)} ${more.at(-2)}` : kind;
}

/** A folder of this trial's own. */
export function scratch(dir: string, name: string): string {
  return join(dir, name);
}
