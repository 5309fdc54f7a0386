import type { Command } from 'commander';

import { RbError } from '../../base/errors.ts';
import { setPasswordHash } from '../../console/hub/hub-settings.ts';
import { checkNewPassword } from '../../console/hub/new-password.ts';
import { hashPassword } from '../../console/server/passwords.ts';
import type { Cli } from '../cli.ts';
import { hubFolder, makeHubFolder, withCatalog } from '../hub-folder.ts';
import { readPassword } from '../read-password.ts';

type PasswordOptions = { readonly json?: true };

export function definePassword(command: Command, cli: Cli): void {
  command
    .usage('DIR [options]')
    .description(
      'Set the password of the console in the browser. It is asked for, or read as one line from standard input. Who is signed in there has to sign in again.',
    )
    .argument('<dir>', "the hub's directory; the hub may run or not")
    .option('--json', 'one JSON object')
    .action(async (dir: string, options: PasswordOptions) => await password(dir, options, cli));
}

async function password(dirText: string, options: PasswordOptions, cli: Cli): Promise<void> {
  const dir = hubFolder(dirText);
  makeHubFolder(dir);
  const chosen = await readPassword(cli, 'New password of the console: ');
  checkNewPassword(chosen);
  if (cli.stdin.isTTY && (await readPassword(cli, 'Once more: ')) !== chosen)
    throw new RbError('usage', 'These were two different passwords; nothing was changed.');
  const hash = await hashPassword(chosen);
  await withCatalog(dir, (catalog) => setPasswordHash(catalog, hash));
  cli.stdout.write(
    options.json
      ? `${JSON.stringify({ event: 'done', ok: true })}\n`
      : 'The password is set. Whoever was signed in at the console has to sign in again.\n',
  );
}
