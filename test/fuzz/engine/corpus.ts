import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** One file a target, an input a line, in base64. */
function pathOf(target: string): URL {
  return new URL(`../corpus/${target}.txt`, import.meta.url);
}

/** Inputs that each reach something that no other does, and those that once showed a fault. */
export function readCorpus(target: string): Uint8Array[] {
  const path = pathOf(target);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => new Uint8Array(Buffer.from(line, 'base64')));
}

export function writeCorpus(target: string, inputs: readonly Uint8Array[]): void {
  const lines = inputs.map((input) => `${Buffer.from(input).toString('base64')}\n`);
  writeFileSync(pathOf(target), [...new Set(lines)].toSorted().join(''));
}
