import { networkInterfaces } from 'node:os';

import { Option } from 'commander';
import type { Command } from 'commander';

import { fromHex } from '../../base/bytes.ts';
import { systemClock } from '../../base/clock.ts';
import { RbError } from '../../base/errors.ts';
import { formatDuration } from '../../base/format.ts';
import type { Rights } from '../../catalog/catalog.ts';
import { checkLabel } from '../../model/snapshot.ts';
import { DEFAULT_PORT } from '../../wire/address.ts';
import { encodeInvitation } from '../../wire/invitation.ts';
import type { Cli } from '../cli.ts';
import { reachableAddresses } from '../hub-addresses.ts';
import {
  hubFolder,
  hubIdentity,
  lastListening,
  makeHubFolder,
  withCatalog,
} from '../hub-folder.ts';
import { addressOption, durationOption } from '../option-values.ts';

type InviteOptions = {
  readonly readOnly?: true;
  readonly admin?: true;
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
  const identity = await hubIdentity(dir);
  const rights: Rights | null = options.admin ? 'admin' : options.readOnly ? 'read-only' : null;
  const expiresMs = systemClock.nowMs() + options.expires;
  const { code, addresses } = await withCatalog(dir, (catalog) => {
    const listening = lastListening(catalog) ?? { address: '0.0.0.0', port: DEFAULT_PORT };
    const reachable = options.address ?? reachableAddresses(listening, networkInterfaces());
    const secret = catalog.createInvitation({
      user: name,
      rights,
      nowMs: systemClock.nowMs(),
      expiresMs,
    });
    return {
      code: encodeInvitation({
        addresses: reachable,
        fingerprint: fromHex(identity.fingerprint),
        name,
        secret,
      }),
      addresses: reachable,
    };
  });
  if (options.json) {
    cli.stdout.write(
      `${JSON.stringify({ event: 'invitation', code, name, addresses, expiresMs })}\n`,
    );
    return;
  }
  cli.stdout.write(`${code}\n`);
  if (!cli.stdout.isTTY) return;
  cli.stderr.write(
    `For ${name}, once, within ${formatDuration(options.expires)}, at ${addresses.join(', ')}: rbbackup login CODE\n`,
  );
}
