import { escapeName } from '../base/names.ts';
import { configDir, openConfig } from '../client/config.ts';
import type { KnownHub } from '../client/config.ts';
import { findHubs } from '../client/nearby.ts';
import type { NearbyHub } from '../client/nearby.ts';
import { formatAddress } from '../wire/address.ts';
import { textArgument } from './argument-bytes.ts';
import type { Cli } from './cli.ts';
import type { CommonOptions } from './common-options.ts';
import type { Output } from './output.ts';
import { counted } from './view/counts.ts';
import { renderTable } from './view/table.ts';

/** Answers come within a second, also when the first question was lost. */
const LOOK_FOR_MS = 2000;
const FINGERPRINT_DIGITS = 16;

/** `rbbackup login --nearby`: says which hubs announce themselves on the local network, and how to get in. */
export async function listNearbyHubs(
  options: CommonOptions,
  output: Output,
  cli: Cli,
): Promise<void> {
  const asked =
    options.config === undefined
      ? undefined
      : textArgument(options.config, 'The configuration folder');
  const { hubs: known } = await openConfig(configDir(asked, cli.env));
  await output.startScreen(() => ['Looking for hubs on the local network …']);
  let hubs: NearbyHub[];
  try {
    hubs = await findHubs({ forMs: LOOK_FOR_MS, signal: cli.signal });
  } finally {
    output.endScreen(false);
  }
  for (const hub of hubs) output.json({ event: 'hub', ...hub, user: userAt(hub, known) });
  output.json({ event: 'done', ok: true, hubs: hubs.length });
  for (const line of nearbyLines(hubs, known, output.columns)) output.line(line);
}

export function nearbyLines(
  hubs: readonly NearbyHub[],
  known: readonly KnownHub[],
  columns: number,
): string[] {
  if (hubs.length === 0) {
    return [
      'No hub was found on the local network. It may be in another network, or behind a',
      'firewall, or not announce itself: `rbbackup login CODE` needs none of that.',
    ];
  }
  const cells = hubs.map((hub) => [
    escapeName(hub.name),
    formatAddress({ host: hub.address, port: hub.port }),
    wayIn(hub, known),
    hub.fingerprint?.slice(0, FINGERPRINT_DIGITS) ?? '-',
  ]);
  const heads = ['HUB', 'ADDRESS', 'WAY IN', 'FINGERPRINT'];
  return [
    ...renderTable(heads, cells, {
      columns,
      flexible: { 0: 'middle', 2: 'middle' },
      dispensable: [3],
    }),
    '',
    `${counted(hubs.length, 'hub')} nearby. What they say of themselves is not checked before you log in:`,
    'rbbackup login CODE                              with an invitation',
    'rbbackup login --server ADDRESS --name NAME      at an open hub',
  ];
}

function wayIn(hub: NearbyHub, known: readonly KnownHub[]): string {
  const user = userAt(hub, known);
  if (user !== null) return `known, as ${escapeName(user)}`;
  return hub.open ? 'open, by name' : 'by invitation';
}

/** Who this device is at a hub that says it is this one. */
function userAt({ fingerprint }: NearbyHub, known: readonly KnownHub[]): string | null {
  return known.find((hub) => hub.fingerprint === fingerprint)?.name ?? null;
}
