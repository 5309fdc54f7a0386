import { Option } from 'commander';
import type { Command } from 'commander';

import { addressOption, portOption, rateOption } from './option-values.ts';

/** Options that every verb of the client takes. */
export type CommonOptions = OutputOptions & {
  readonly server?: string;
  readonly name?: string;
  readonly host?: string;
  readonly localPort?: number;
  readonly transport?: 'tcp' | 'udp';
  readonly config?: string;
  /** Bytes a second. */
  readonly limit?: number;
};

/** Options about what is printed. */
export type OutputOptions = { readonly json?: true; readonly quiet?: true };

/** Adds them to a verb's command, below its own. */
export function addCommonOptions(command: Command): void {
  for (const option of commonOptions()) command.addOption(option);
}

export function commonOptions(): Option[] {
  return [
    new Option('--server <host:port>', 'the hub, if not the one used last').argParser(
      addressOption,
    ),
    new Option('--name <name>', 'who you are at an open hub'),
    new Option('--host <name>', "this machine's name in sets (default: its host name)"),
    new Option('--local-port <port>', 'connect from this port').argParser(portOption),
    new Option('--transport <tcp|udp>', 'how to reach the hub (default: tcp)').choices([
      'tcp',
      'udp',
    ]),
    new Option(
      '--config <dir>',
      "configuration folder (default: RBBACKUP_CONFIG, then the platform's)",
    ),
    new Option('--limit <rate>', 'most bytes a second, such as 500k or 2M').argParser(rateOption),
    new Option('--json', 'one JSON object a line'),
    new Option('--quiet', 'only errors'),
  ];
}

/** Those of the above, and of the default verb, that take a value. */
export function valueFlagsOf(options: readonly Option[]): Set<string> {
  const flags = new Set<string>();
  for (const option of options) {
    if (!option.required && !option.optional) continue;
    if (option.long !== undefined) flags.add(option.long);
    if (option.short !== undefined) flags.add(option.short);
  }
  return flags;
}
