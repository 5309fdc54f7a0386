import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const SOURCE = resolve(import.meta.dirname, '../src');
const PAGES = resolve(import.meta.dirname, '../web/src');
const MAX_LINES = 400;
const FORBIDDEN_IN_PURE_ROOMS = ['node:fs', 'node:net', 'node:tls', 'node:worker_threads'];

interface Room {
  readonly name: string;
  /** What it may import besides itself, base and packages. */
  readonly mayImport: readonly string[] | 'everything';
  /** Pure rooms know neither files nor sockets nor threads. */
  readonly pure?: true;
}

/** The table of rooms, in the order of a byte's journey. `src/README.md` lists them in this order. */
const ROOMS: readonly Room[] = [
  { name: 'base', mayImport: [], pure: true },
  { name: 'posix', mayImport: [] },
  { name: 'model', mayImport: [], pure: true },
  { name: 'chunk', mayImport: ['model'] },
  { name: 'scan', mayImport: ['model', 'posix', 'chunk'] },
  { name: 'wire', mayImport: ['model'], pure: true },
  { name: 'transport', mayImport: ['wire'] },
  { name: 'vault', mayImport: ['model', 'chunk'] },
  { name: 'catalog', mayImport: ['model'] },
  { name: 'rebuild', mayImport: ['model', 'posix', 'chunk'] },
  { name: 'hub', mayImport: ['model', 'wire', 'transport', 'vault', 'catalog', 'chunk'] },
  { name: 'client', mayImport: ['model', 'scan', 'chunk', 'wire', 'transport', 'rebuild'] },
  {
    name: 'console',
    mayImport: [
      'model',
      'catalog',
      'vault',
      'wire',
      'transport',
      'hub',
      'client',
      'chunk',
      'scan',
      'rebuild',
    ],
  },
  { name: 'cli', mayImport: 'everything' },
];

/** Files of pure rooms that are about files by their name. */
const EXEMPT = /^base\/durable-[a-z-]+\.ts$/;

interface SourceFile {
  /** Below src/, with slashes. */
  readonly path: string;
  readonly room: string;
  readonly text: string;
}

function readSources(): readonly SourceFile[] {
  return readdirSync(SOURCE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => {
      const path = relative(SOURCE, join(entry.parentPath, entry.name));
      return { path, room: roomOf(path), text: readFileSync(join(SOURCE, path), 'utf8') };
    });
}

function roomOf(path: string): string {
  return path.split('/', 1)[0] ?? '';
}

/** Everything that a file imports, re-exports or refers to by URL, as written. */
function specifiersIn(text: string): readonly string[] {
  const statements = text.matchAll(
    /^(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|new URL\(\s*['"](\.[^'"]+)['"]/gm,
  );
  return Array.from(statements, ([, still, dynamic, url]) => still ?? dynamic ?? url ?? '');
}

/** The rooms of a file's relative imports; what leads out of src/ is given as `..`. */
function importedRooms(file: SourceFile): readonly string[] {
  return specifiersIn(file.text)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => roomOf(relative(SOURCE, resolve(SOURCE, dirname(file.path), specifier))));
}

/** What the pages run of src/ as it is; it needs nothing of Node. */
const SHARED_WITH_PAGES: ReadonlySet<string> = new Set(['base/unshown.ts']);

/** The imports of a page's file in `folder` that lead out of web/src. */
function importsOutOfPages(
  text: string,
  folder: string,
): readonly { readonly statement: string; readonly target: string }[] {
  const statements = text.matchAll(
    /^(?:import|export)\s[^'"`;]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
  );
  return Array.from(statements, ([statement, still, dynamic]) => ({
    statement,
    specifier: still ?? dynamic ?? '',
  }))
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ statement, specifier }) => ({ statement, target: resolve(folder, specifier) }))
    .filter(({ target }) => !target.startsWith(`${PAGES}/`));
}

const sources = readSources();

test('the specifiers of every kind of import are found', () => {
  const text = [
    "import { a } from './a.ts';",
    "import type {\n  B,\n} from '../b/b.ts';",
    "import './c.ts';",
    "export { d } from './d.ts';",
    "export * from './e.ts';",
    "const f = await import('./f.ts');",
    "new Worker(new URL('./g-worker.ts', import.meta.url));",
    "const text = 'no import from here';",
  ].join('\n');
  const expected = ['./a.ts', '../b/b.ts', './c.ts', './d.ts', './e.ts', './f.ts', './g-worker.ts'];
  assert.deepEqual(specifiersIn(text), expected);
});

test('every folder under src is a room of the table', () => {
  const known = new Set(ROOMS.map(({ name }) => name));
  const folders = readdirSync(SOURCE, { withFileTypes: true });
  for (const entry of folders) {
    if (entry.isDirectory())
      assert.ok(known.has(entry.name), `src/${entry.name} is not in the table`);
    else assert.equal(entry.name, 'README.md', 'files belong into a room');
  }
});

test('src/README.md lists the rooms in the order of the table', () => {
  const text = readFileSync(join(SOURCE, 'README.md'), 'utf8');
  const listed = Array.from(text.matchAll(/^- `([a-z]+)\/`/gm), ([, name]) => name);
  assert.deepEqual(
    listed,
    ROOMS.map(({ name }) => name),
  );
});

for (const { name, mayImport, pure } of ROOMS) {
  const mine = sources.filter((file) => file.room === name);

  test(`${name} imports only the rooms it may`, () => {
    if (mayImport === 'everything') return;
    // Nobody but cli may do without the table: not even an import out of src/ (scripts, test).
    const allowed = new Set<string>([name, ...(name === 'base' ? [] : ['base']), ...mayImport]);
    for (const file of mine) {
      for (const room of importedRooms(file)) {
        assert.ok(allowed.has(room), `src/${file.path} imports from ${room}`);
      }
    }
  });

  if (pure === undefined) continue;
  test(`${name} knows neither files nor sockets nor threads`, () => {
    for (const file of mine) {
      if (EXEMPT.test(file.path)) continue;
      for (const specifier of specifiersIn(file.text)) {
        const forbidden = FORBIDDEN_IN_PURE_ROOMS.some(
          (module) => specifier === module || specifier.startsWith(`${module}/`),
        );
        assert.ok(!forbidden, `src/${file.path} imports ${specifier}`);
      }
    }
  });
}

test('modules of Node are imported with node: in front', () => {
  for (const file of sources) {
    for (const specifier of specifiersIn(file.text)) {
      assert.ok(!/^(fs|net|tls|worker_threads)(\/|$)/.test(specifier), `src/${file.path}`);
    }
  }
});

test('a console is loaded by cli alone', () => {
  for (const file of sources) {
    if (file.room === 'cli' || file.room === 'console') continue;
    assert.ok(!importedRooms(file).includes('console'), `src/${file.path}`);
  }
});

test('the schemas that pages and consoles share know nothing but TypeBox, each other and types', () => {
  for (const file of sources.filter(({ path }) => path.startsWith('console/api/'))) {
    for (const specifier of specifiersIn(file.text.replaceAll(/^export type \{.*\n/gm, ''))) {
      assert.match(specifier, /^(?:typebox|\.\/[a-z-]+\.ts)$/, `src/${file.path}`);
    }
  }
});

test('pages import from src only types of console/api, and what is shared with them', () => {
  const files = existsSync(PAGES)
    ? readdirSync(PAGES, { recursive: true, withFileTypes: true })
    : [];
  for (const entry of files) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, 'utf8');
    const outside = importsOutOfPages(text, dirname(path));
    for (const { statement, target } of outside) {
      if (SHARED_WITH_PAGES.has(relative(SOURCE, target))) continue;
      const shown = `${relative(PAGES, path)}: ${statement}`;
      assert.ok(target.startsWith(join(SOURCE, 'console/api/')), shown);
      assert.match(statement, /^(?:import|export)\s+type\s/, shown);
    }
  }
});

test('what a page imports from outside is found, whatever the kind of import', () => {
  const text = [
    "import type { A } from '../../src/console/api/common.ts';",
    "import { B } from '../../src/console/api/hub-api.ts';",
    "const c = import('../../src/base/names.ts');",
    "import { d } from './own.ts';",
    "import { e } from 'preact';",
  ].join('\n');
  const found = importsOutOfPages(text, PAGES).map(({ target }) => relative(SOURCE, target));
  assert.deepEqual(found, ['console/api/common.ts', 'console/api/hub-api.ts', 'base/names.ts']);
});

test(`no file in src has more than ${MAX_LINES} lines`, () => {
  for (const file of sources) {
    const lines = file.text.split('\n').length - 1;
    assert.ok(lines <= MAX_LINES, `src/${file.path} has ${lines} lines`);
  }
});

test('files are kebab-case, none is a barrel, and none exports a default', () => {
  for (const file of sources) {
    for (const part of file.path.split('/')) {
      assert.match(part, /^[a-z0-9]+(-[a-z0-9]+)*(\.d)?(\.ts)?$/, `src/${file.path}`);
    }
    assert.doesNotMatch(file.path, /(^|\/)(index|utils?|helpers?|manager)\.ts$/);
    assert.doesNotMatch(file.text, /^export default\b|\bas default\b/m, `src/${file.path}`);
  }
});
