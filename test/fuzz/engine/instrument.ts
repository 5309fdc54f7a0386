/** Puts counters into our own source, and some libraries', while it is loaded, so that the fuzzer sees where an input goes. */

import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { parseAst } from 'vite';

import { COUNTERS } from './coverage.ts';

type Node = { readonly type: string; readonly start: number; readonly end: number };
type Insertion = { readonly at: number; readonly text: string; readonly order: number };

const NAME = '__reached';
const SOURCE = new URL('../../../src/', import.meta.url).href;
/** Libraries that are handed what strangers send. */
const LIBRARY = /\/node_modules\/((?:dns-packet|multicast-dns|bonjour-service|ignore)\/.*\.js)$/;

/** Where each counter is: a file below src/, or of a library, and a line. */
export const PLACES: { readonly file: string; readonly line: number }[] = [];

/** Instruments every module below src/ that is loaded from now on by this thread. */
export function instrumentSource(): void {
  Object.assign(globalThis, { [NAME]: COUNTERS });
  registerHooks({
    load: (url, context, next) => {
      const library = LIBRARY.exec(url)?.[1];
      if (library !== undefined) {
        const source = withCounters(readFileSync(fileURLToPath(url), 'utf8'), library);
        return { format: 'commonjs', source, shortCircuit: true };
      }
      if (!url.startsWith(SOURCE) || !url.endsWith('.ts')) return next(url, context);
      const typed = readFileSync(fileURLToPath(url), 'utf8');
      const source = withCounters(stripTypeScriptTypes(typed), url.slice(SOURCE.length));
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

function withCounters(source: string, file: string): string {
  const insertions: Insertion[] = [];
  const count = (at: number): string => {
    const line = source.slice(0, at).split('\n').length;
    return `${NAME}[${PLACES.push({ file, line }) - 1}]++`;
  };
  walk(parseAst(source), (node) => {
    for (const statement of statementsOf(node)) {
      insertions.push({ at: statement.start, text: `;${count(statement.start)};`, order: 0 });
    }
    for (const expression of branchesOf(node)) {
      insertions.push({ at: expression.start, text: `(${count(expression.start)},`, order: 1 });
      insertions.push({ at: expression.end, text: ')', order: -1 });
    }
    for (const body of baresOf(node)) {
      insertions.push({ at: body.start, text: `{${count(body.start)};`, order: 0 });
      insertions.push({ at: body.end, text: '}', order: 1 });
    }
  });
  if (PLACES.length > COUNTERS.length) throw new RangeError('more places than counters');
  let [out, done] = ['', 0];
  for (const { at, text } of insertions.toSorted((a, b) => a.at - b.at || a.order - b.order)) {
    out += source.slice(done, at) + text;
    done = at;
  }
  return out + source.slice(done);
}

/** Statements of a list: it may be left before each of them. */
function statementsOf(node: Node): Node[] {
  if (node.type !== 'BlockStatement' && node.type !== 'SwitchCase') return [];
  const list = Object.values(node).find((value) => Array.isArray(value)) as Node[] | undefined;
  return (list ?? []).filter(
    ({ type }) => type !== 'FunctionDeclaration' && type !== 'ClassDeclaration',
  );
}

/** Expressions that are not always evaluated. */
function branchesOf(node: Node): Node[] {
  const parts = node as unknown as Readonly<Record<string, Node>>;
  if (node.type === 'ConditionalExpression')
    return nodesOf(parts['consequent'], parts['alternate']);
  if (node.type === 'LogicalExpression') return nodesOf(parts['right']);
  if (node.type !== 'ArrowFunctionExpression') return [];
  return nodesOf(parts['body']).filter(({ type }) => type !== 'BlockStatement');
}

/** Bodies without braces. */
function baresOf(node: Node): Node[] {
  const parts = node as unknown as Readonly<Record<string, Node>>;
  if (!/^(?:If|For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type)) return [];
  const bodies = nodesOf(parts['consequent'], parts['alternate'], parts['body']);
  return bodies.filter(({ type }) => type !== 'BlockStatement' && type !== 'EmptyStatement');
}

function nodesOf(...parts: readonly (Node | null | undefined)[]): Node[] {
  return parts.filter((part) => part !== null && part !== undefined);
}

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const item of node) walk(item, visit);
  if (typeof node !== 'object' || node === null || !('type' in node)) return;
  visit(node as Node);
  for (const part of Object.values(node)) walk(part, visit);
}
