import { hex } from '../../base/bytes.ts';
import { escapeName } from '../../base/names.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { SnapshotCopy, SnapshotRow } from '../../wire/messages-ask.ts';
import { formatMinute } from './counts.ts';
import { renderTable } from './table.ts';
import { cutEnd } from './text-width.ts';

const INDENT = '  ';

/**
 * Each snapshot with who holds it below, and how far that is known: when it was verified there, when pieces of it were
 * last proven, and whether there is a signed receipt.
 *
 * @param digits of a snapshot's id @param columns how wide the list may be
 */
export function copiesLines(
  rows: readonly SnapshotRow[],
  digits: number,
  columns: number,
): string[] {
  const cells = rows.flatMap(({ copies }) =>
    copies.length === 0 ? [NOBODY] : copies.map(cellsOf),
  );
  const [heads = '', ...lines] = renderTable(['HELD BY', 'VERIFIED', 'PROVEN', 'RECEIPT'], cells, {
    columns: columns - INDENT.length,
    flexible: { 0: 'middle' },
    dispensable: [3, 1],
  });
  let at = 0;
  const all = [INDENT + heads];
  for (const row of rows) {
    const about = [hex(row.id).slice(0, digits), formatMinute(row.timeMs), nameOf(row)].join('  ');
    all.push(cutEnd(row.held === undefined ? about : `${about}  held back`, columns));
    const count = Math.max(1, row.copies.length);
    for (const line of lines.slice(at, at + count)) all.push(INDENT + line);
    at += count;
  }
  return all;
}

const NOBODY: readonly string[] = ['nobody'];

function nameOf(row: SnapshotRow): string {
  return escapeName(formatSetKey(row));
}

function cellsOf({ name, verifiedMs, provenMs = 0, signed }: SnapshotCopy): string[] {
  const proven = provenMs === 0 ? 'not yet' : formatMinute(provenMs);
  return [
    escapeName(name),
    formatMinute(verifiedMs),
    proven,
    signed === true ? 'signed' : 'unsigned',
  ];
}
