/** Puts the state tables of src/wire/state-tables.ts into docs/spec/wire.md, between its two marks. */

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { STREAM_TABLES } from '../src/wire/states.ts';

const DOCUMENT = new URL('../docs/spec/wire.md', import.meta.url);
const BEGIN = '<!-- state tables: written by scripts/write-wire-doc.ts -->';
const END = '<!-- end of state tables -->';

/** The document with its tables as the code has them. */
export function withTables(document: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('The marks are missing in wire.md.');
  return `${document.slice(0, begin)}${BEGIN}\n${tables()}\n${document.slice(end)}`;
}

function tables(): string {
  return Object.entries(STREAM_TABLES)
    .map(([type, table]) => {
      const states = Object.keys(table);
      const head = `| \`${type}\` | ${states.join(' | ')} |\n|---|${'---|'.repeat(states.length)}`;
      const rows = (['client', 'hub'] as const).flatMap((side) =>
        Object.keys(table['new']?.[side] ?? {}).map((kind) => {
          const cells = states.map((state) => table[state]?.[side][kind] ?? 'refuse');
          const shown = cells.map((cell) => (cell === 'refuse' ? '·' : cell));
          return `| ${side === 'client' ? 'c→h' : 'h→c'} ${kind} | ${shown.join(' | ')} |`;
        }),
      );
      return [head, ...rows].join('\n');
    })
    .map((table) => `\n${table}\n`)
    .join('');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const document = await readFile(DOCUMENT, 'utf8');
  await writeFile(DOCUMENT, withTables(document));
}
