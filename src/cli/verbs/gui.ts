import type { Command } from 'commander';

import { RbError } from '../../base/errors.ts';

export function defineGui(command: Command): void {
  command
    .description('The client in the browser: not in this version.')
    .allowExcessArguments()
    .allowUnknownOption();
  command.action(() => {
    const instead =
      '`rbbackup -h` lists what the command line can do. To back up something named gui: rbbackup backup gui.';
    throw new RbError('unsupported', `This version has no client in the browser. ${instead}`);
  });
}
