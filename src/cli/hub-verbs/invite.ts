import { Option } from 'commander';
import type { Command } from 'commander';

import { systemClock } from '../../base/clock.ts';
import { RbError } from '../../base/errors.ts';
import { formatDuration } from '../../base/format.ts';
import type { Duty, Rights } from '../../catalog/people.ts';
import { makeInvitation } from '../../console/hub/make-invitation.ts';
import { checkLabel } from '../../model/snapshot.ts';
import type { Cli } from '../cli.ts';
import { hubFolder, hubIdentity, makeHubFolder, withCatalog } from '../hub-folder.ts';
import { addressOption, durationOption } from '../option-values.ts';
import { wrapText } from '../view/wrap-text.ts';

type InviteOptions = {
  readonly readOnly?: true;
  readonly admin?: true;
  readonly destination?: true;
  readonly mayRemove?: true;
  readonly expires: number;
  readonly address?: readonly string[];
  readonly json?: true;
};

const DAY_MS = 24 * 3600 * 1000;

export function defineInvite(command: Command, cli: Cli): void {
  command
    .usage('DIR NAME [options]')
    .description(
      'Make an invitation for NAME and print its code, which lets one device in: `rbbackup login CODE`.',
    )
    .argument('<dir>', "the hub's directory; the hub may run or not")
    .argument('<name>', 'the user; the same name may be invited for each device')
    .addOption(
      new Option('--read-only', 'may read its sets and be a destination, not back up').conflicts(
        'admin',
      ),
    )
    .option('--admin', "may do everything with everybody's sets")
    .addOption(
      new Option('--destination', 'this device may be a destination, and nothing else').conflicts(
        'mayRemove',
      ),
    )
    .option(
      '--may-remove',
      'this device may also remove snapshots, and release those that are held back',
    )
    .addOption(
      new Option('--expires <duration>', 'how long the code may be used')
        .argParser(durationOption)
        .default(DAY_MS, '24h'),
    )
    .addOption(
      new Option(
        '--address <host:port>',
        'where clients reach the hub; may be repeated (default: where it listened last)',
      ).argParser(collectAddress),
    )
    .option('--json', 'one JSON object')
    .action(
      async (dir: string, name: string, options: InviteOptions) =>
        await invite(dir, name, options, cli),
    );
}

function collectAddress(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), addressOption(text)];
}

async function invite(
  dirText: string,
  name: string,
  options: InviteOptions,
  cli: Cli,
): Promise<void> {
  checkLabel('user', name);
  const dir = hubFolder(dirText);
  if (options.expires <= 0) throw new RbError('usage', '--expires has to be longer than nothing.');
  makeHubFolder(dir);
  const { fingerprint } = await hubIdentity(dir);
  const rights: Rights | null = options.admin ? 'admin' : options.readOnly ? 'read-only' : null;
  const nowMs = systemClock.nowMs();
  const expiresMs = nowMs + options.expires;
  const duty: Duty = options.destination ? 'destination' : options.mayRemove ? 'all' : 'add';
  const wish = { user: name, rights, duty, nowMs, expiresMs, addresses: options.address ?? [] };
  const { code, addresses } = await withCatalog(dir, (catalog) =>
    makeInvitation(catalog, fingerprint, wish),
  );
  if (options.json) {
    cli.stdout.write(
      `${JSON.stringify({ event: 'invitation', code, name, addresses, expiresMs })}\n`,
    );
    return;
  }
  cli.stdout.write(`${code}\n`);
  if (!cli.stdout.isTTY) return;
  const text = `For ${name}, once, within ${formatDuration(options.expires)}, at ${addresses.join(', ')}: rbbackup login CODE`;
  for (const line of wrapText(text, cli.stdout.columns || 80)) cli.stderr.write(`${line}\n`);
}
