import { formatBytes, formatDuration } from '../../base/format.ts';
import { escapeName } from '../../base/names.ts';
import { formatSetKey } from '../../model/snapshot.ts';
import { formatAddress } from '../../wire/address.ts';
import type { ClientStatus, HubStatus, RunStatus, Status } from '../../wire/messages-ask.ts';
import { counted, formatSince, formatTime } from './counts.ts';
import type { Speed } from './run-speeds.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';
import { runText } from './task-words.ts';
import { cutEnd, cutMiddle } from './text-width.ts';
import { renderTransfer } from './transfer-view.ts';

export type StatusViewOptions = {
  readonly columns: number;
  readonly style: Style;
  readonly nowMs: number;
  /** By a run's id; of who asks only once nothing is known. */
  readonly speedOf?: (run: string) => Speed;
};

const UNKNOWN: Speed = { rate: 0, leftMs: Number.NaN };
const HEADS = ['ROLE', 'WHO', 'NAME', 'DOING', 'SINCE', 'ADDRESS', 'HEARD'];

/** The lines of a hub's state, none wider than `columns`: itself, its runs with their bars, its clients. */
export function renderStatus(status: Status, options: StatusViewOptions): string[] {
  const { columns, style, nowMs, speedOf = () => UNKNOWN } = options;
  const { clients, runs } = status;
  const lines = hubLines(status.hub, columns, style);
  for (const run of runs) lines.push('', ...runLines(run, speedOf(run.run), columns, style));
  const count = `${counted(clients.length, 'client')}, ${counted(runs.length, 'run')}`;
  if (clients.length === 0) return [...lines, '', cutEnd('Nobody is connected.', columns)];
  const [head = '', ...rows] = renderTable(
    HEADS,
    clients.map((client) => clientCells(client, nowMs)),
    {
      columns,
      flexible: { 1: 'middle', 2: 'middle', 3: 'end' },
      dispensable: [6, 5, 2, 4],
      // `waiting for transfers`
      goodColumns: 21,
    },
  );
  return [...lines, '', cutEnd(count, columns), style.dim(head), ...rows];
}

function hubLines(hub: HubStatus, columns: number, style: Style): string[] {
  const { address, port } = hub;
  const where = port === 0 ? 'listening nowhere' : `at ${formatAddress({ host: address, port })}`;
  const size = `${counted(hub.snapshots, 'snapshot')}, ${formatBytes(hub.plainBytes)} kept in ${formatBytes(hub.vaultBytes)}`;
  return [
    style.bold(cutMiddle(`${escapeName(hub.name)} ${where}`, columns)),
    cutEnd(`${size}; up since ${formatTime(hub.startedMs)}`, columns),
  ];
}

function runLines(run: RunStatus, speed: Speed, columns: number, style: Style): string[] {
  // Before it is live nothing moves, and a bar of nothing says nothing.
  const isUnderWay = run.phase !== 'waiting' && run.phase !== 'queued' && run.phase !== 'starting';
  const view = {
    title: `Backup of ${escapeName(formatSetKey(run))}`,
    doing: runText(run),
    place: isUnderWay ? run : null,
    ...speed,
    copies: run.copies,
  };
  return renderTransfer(view, columns, style);
}

function clientCells(client: ClientStatus, nowMs: number): string[] {
  const { role, user, host, name, address, sinceMs, heardMs, doing } = client;
  return [
    role,
    `${escapeName(user)}@${escapeName(host)}`,
    escapeName(name) || '-',
    escapeName(doing),
    formatSince(sinceMs, nowMs),
    escapeName(address),
    `${formatDuration(nowMs - heardMs)} ago`,
  ];
}
