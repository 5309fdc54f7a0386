import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Mutant } from './mutant.ts';

const INSTRUMENTER = '@stryker-mutator/instrumenter@10.1.1';

/** Two words and a blank: a sentence for people, which no test should hold to its letter. */
const SENTENCE = /[a-z,:] [a-z]/i;

type Position = { readonly line: number; readonly column: number };

/** What we use of Stryker's. Lines are counted from 0. */
type Instrumenter = {
  instrument(
    files: { name: string; mutate: true; content: string }[],
    options: { plugins: null; excludedMutations: string[]; ignorers: Ignorer[] },
  ): Promise<{
    files: { name: string; content: string }[];
    mutants: {
      id: string;
      fileName: string;
      location: { start: Position; end: Position };
      mutatorName: string;
      replacement: string;
      status?: string;
    }[];
  }>;
};

type Ignorer = {
  shouldIgnore(path: {
    node: { type: string; value?: unknown; quasis?: { value: { raw: string } }[] };
  }): string | undefined;
};

const sentences: Ignorer = {
  shouldIgnore({ node: { type, value, quasis = [] } }) {
    const texts = type === 'StringLiteral' ? [String(value)] : quasis.map((one) => one.value.raw);
    return texts.some((text) => SENTENCE.test(text)) ? 'a sentence for people' : undefined;
  },
};

/** Stryker's calls that count how often a mutant is reached. */
const COUNTING = /stryCov_\w+\((?:"\d+"[,\s]*)+\)[,;]\s*/g;

/**
 * Writes a room's source with all its mutants in it, each behind a switch, and lists them.
 * @param root the project
 * @param copy a copy of it, whose `src/ROOM` is written
 */
export async function instrument(room: string, root: string, copy: string): Promise<Mutant[]> {
  const instrumenter = await loadInstrumenter(join(root, 'node_modules/.cache/mutation'));
  const contents = new Map(
    globSync(`src/${room}/**/*.ts`, { cwd: root })
      .toSorted()
      .map((name) => [name, readFileSync(join(root, name), 'utf8')]),
  );
  const { files, mutants } = await instrumenter.instrument(
    [...contents].map(([name, content]) => ({ name, mutate: true, content })),
    { plugins: null, excludedMutations: [], ignorers: [sentences] },
  );
  for (const { name, content } of files) writeFileSync(join(copy, name), content);
  return mutants
    .filter(({ status }) => status === undefined)
    .map(({ id, fileName: file, location: { start, end }, mutatorName: mutator, replacement }) => {
      const original = cut(contents.get(file) ?? '', start, end);
      const at = { line: start.line + 1, column: start.column + 1 };
      return { id, file, ...at, mutator, original, replacement };
    });
}

/** Takes the counting out again, which costs more than all the switches. */
export function stopCounting(room: string, copy: string): void {
  for (const name of globSync(`src/${room}/**/*.ts`, { cwd: copy })) {
    const path = join(copy, name);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(COUNTING, ''));
  }
}

/** It is no dependency of the project: 25 MB that only this needs, installed when first asked for. */
async function loadInstrumenter(cache: string): Promise<Instrumenter> {
  const main = join(cache, 'node_modules/@stryker-mutator/instrumenter/dist/src/index.js');
  if (!existsSync(main)) {
    mkdirSync(cache, { recursive: true });
    const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts'];
    execFileSync('npm', ['install', ...quiet, '--prefix', cache, INSTRUMENTER]);
  }
  const { Instrumenter } = await import(pathToFileURL(main).href);
  const nothing = (): void => undefined;
  const never = (): boolean => false;
  const log = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };
  return new Instrumenter({ ...log, isDebugEnabled: never, isTraceEnabled: never });
}

function cut(content: string, start: Position, end: Position): string {
  const lines = content.split('\n').slice(start.line, end.line + 1);
  const last = (lines.pop() ?? '').slice(0, end.column);
  return [...lines, last].join('\n').slice(start.column);
}
