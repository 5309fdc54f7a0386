import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';

import { listenOption, rateOption } from './option-values.ts';

export type ServeOptions = {
  readonly listen: { readonly host: string; readonly port: number };
  readonly open?: true;
  /** Whether to listen by UDP too. */
  readonly udp: boolean;
  readonly name?: string;
  /** Bytes a second, of each connection. */
  readonly limit?: number;
  readonly json?: true;
  readonly quiet?: true;
};

export function addServeOptions(command: Command): void {
  const listen = new Option('--listen <host:port>', 'where to listen; port 0 is any free one');
  const console = new Option(
    '--console <host:port|off>',
    'this version has no console: off is all there is',
  );
  command
    .addOption(
      listen.argParser(listenOption).default({ host: '0.0.0.0', port: 7420 }, '0.0.0.0:7420'),
    )
    .addOption(console.argParser(consoleOption))
    .option('--no-udp', 'listen by TCP alone (default: by UDP too, on the same port)')
    .option('--open', 'let in anyone by name alone: for a network that you trust')
    .option('--name <name>', "what the hub is called (default: this machine's host name)")
    .addOption(
      new Option('--limit <rate>', 'most bytes a second of each connection').argParser(rateOption),
    )
    .option('--json', 'one JSON object a line')
    .option('--quiet', 'only errors');
}

function consoleOption(text: string): 'off' {
  if (text === 'off') return text;
  throw new InvalidArgumentError(
    'this version has no console to serve in a browser; leave it out, or say off.',
  );
}
