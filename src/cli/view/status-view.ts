import { formatBytes, formatDuration } from '../../base/format.ts';
import { escapeName } from '../../base/names.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import type { ClientStatus, RunStatus, Status } from '../../wire/messages-ask.ts';
import { counted, formatTime } from './counts.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { cutEnd } from './text-width.ts';
import { renderTransfer } from './transfer-view.ts';

/** The lines of a hub's state, none wider than `columns`: itself, its runs with their bars, its clients. */
export function renderStatus(
  status: Status,
  columns: number,
  style: Style,
  nowMs: number = Date.now(),
): string[] {
  const { hub, clients, runs } = status;
  const where = `${hub.address.includes(':') ? `[${hub.address}]` : hub.address}:${hub.port}`;
  const size = `${counted(hub.snapshots, 'snapshot')}, ${formatBytes(hub.plainBytes)} kept in ${formatBytes(hub.vaultBytes)}`;
  const lines = [
    style.bold(cutEnd(`${escapeName(hub.name)} at ${where}: ${size}`, columns)),
    cutEnd(
      `${escapeName(hub.program)}, since ${formatTime(hub.startedMs)}; ${counted(clients.length, 'client')}, ${counted(runs.length, 'run')}`,
      columns,
    ),
  ];
  for (const run of runs) lines.push('', ...runLines(run, columns, style));
  if (clients.length > 0) {
    const [head = '', ...rows] = renderTable(
      ['ROLE', 'WHO', 'NAME', 'ADDRESS', 'FOR', 'HEARD', 'DOING'],
      clientCells(clients, nowMs),
    );
    lines.push('', style.dim(cutEnd(head, columns)), ...rows.map((row) => cutEnd(row, columns)));
  }
  return lines;
}

function runLines(run: RunStatus, columns: number, style: Style): string[] {
  const missing =
    run.connected < run.needed ? `, ${run.connected} of ${run.needed} destinations connected` : '';
  const title = `Run ${escapeName(formatSetKey(run))}`;
  return renderTransfer(
    {
      title,
      doing: `${escapeName(run.phase)}${missing}`,
      place: run,
      rate: 0,
      leftMs: Number.NaN,
      copies: run.copies,
    },
    columns,
    style,
  );
}

function clientCells(clients: readonly ClientStatus[], nowMs: number): string[][] {
  return clients.map(({ role, user, host, name, address, sinceMs, heardMs, doing }) => [
    role,
    `${escapeName(user)}@${escapeName(host)}`,
    escapeName(name) || '-',
    escapeName(address),
    formatDuration(nowMs - sinceMs),
    `${formatDuration(nowMs - heardMs)} ago`,
    escapeName(doing),
  ]);
}
