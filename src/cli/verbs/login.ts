import type { Command } from 'commander';

import { RbError } from '../../base/errors.ts';
import { escapeName } from '../../base/names.ts';
import { acceptInvitation, leave, openSession } from '../../client/session.ts';
import type { Cli } from '../cli.ts';
import { addCommonOptions } from '../common-options.ts';
import type { CommonOptions } from '../common-options.ts';
import { hubChoice, sessionContext } from '../open-hub.ts';
import { Output } from '../output.ts';

/** Longest invitation that is read from stdin; codes are some hundred characters. */
const MOST_CODE_CHARACTERS = 16_384;

type LoginOptions = CommonOptions & { readonly nearby?: true };

export function defineLogin(command: Command, cli: Cli): void {
  command
    .usage('CODE | - | --server HOST:PORT --name NAME | --nearby')
    .description('Accept an invitation, or log in to an open hub. This device stays logged in.')
    .argument(
      '[code]',
      "the invitation; - reads it from stdin, where other users of this machine can't see it",
    )
    .option('--nearby', 'list hubs that are found on the local network, and log in nowhere')
    .action(
      async (code: string | undefined, options: LoginOptions) => await login(code, options, cli),
    );
  addCommonOptions(command);
}

async function login(code: string | undefined, options: LoginOptions, cli: Cli): Promise<void> {
  const output = new Output(options, cli);
  if (options.nearby) {
    if (code !== undefined) throw new RbError('usage', 'With --nearby there is no code to give.');
    const { listNearbyHubs } = await import('../nearby-hubs.ts');
    return await listNearbyHubs(options, output, cli);
  }
  const context = sessionContext(options, cli);
  if (code === undefined && (options.server === undefined || options.name === undefined)) {
    throw new RbError(
      'usage',
      'Give an invitation code, or --server HOST:PORT and --name NAME of an open hub; --nearby looks for hubs.',
    );
  }
  const session =
    code === undefined
      ? await openSession(hubChoice(options), context)
      : await acceptInvitation(
          code === '-' ? await readCode(cli) : code,
          hubChoice(options),
          context,
        );
  const { welcome, hub, host, connection } = session;
  const address = connection.remoteAddress;
  await leave(session);
  const fields = {
    hub: welcome.hub,
    user: welcome.user,
    host,
    rights: welcome.rights,
    ...(welcome.duty !== undefined && { duty: welcome.duty }),
    address,
    fingerprint: hub.fingerprint,
  };
  output.json({ event: 'done', ok: true, ...fields });
  output.sentence(
    `Logged in at ${escapeName(welcome.hub)} (${address}) as ${escapeName(welcome.user)}@${escapeName(host)}.`,
  );
  output.sentence(
    welcome.duty === 'destination'
      ? 'This device is a destination, and nothing else: `rbbackup receive DIR`.'
      : 'Back a folder up with `rbbackup -rd PATH`, or be a destination with `rbbackup receive DIR`.',
  );
}

async function readCode(cli: Cli): Promise<string> {
  let text = '';
  for await (const piece of cli.stdin.setEncoding('utf8')) {
    text += String(piece);
    if (text.length > MOST_CODE_CHARACTERS) break;
  }
  return text.trim();
}
