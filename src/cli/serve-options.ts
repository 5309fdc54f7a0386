import { Option } from 'commander';
import type { Command } from 'commander';

import { DEFAULT_HOLD_RULE } from '../hub/runs/hold-rule.ts';
import type { ListenAt } from '../console/hub/hub-settings.ts';
import {
  daysOption,
  fileCountOption,
  hoursOption,
  listenOption,
  rateOption,
  shareOption,
} from './option-values.ts';

export type ServeOptions = {
  /** Left out: where it was told to listen in the console, else the default. */
  readonly listen?: ListenAt;
  /** Left out: the default, or none if another program is there. */
  readonly console?: ListenAt | 'off';
  readonly open?: true;
  /** Whether to listen by UDP too. */
  readonly udp: boolean;
  /** Whether to be found on the local network. */
  readonly announce: boolean;
  readonly name?: string;
  /** Bytes a second, of each connection. */
  readonly limit?: number;
  /** Of a set's files, 0 to 1: a run that changes more of them is held back from destinations. */
  readonly holdShare: number;
  /** So many files in any case are not too many. */
  readonly holdFiles: number;
  /** How long after a proof of a copy the next one is due; 0: never. */
  readonly proveHours: number;
  /** In so many days the whole vault is read once in the background; 0: never. */
  readonly scrubDays: number;
  readonly json?: true;
  readonly quiet?: true;
};

export const DEFAULT_LISTEN: ListenAt = { host: '0.0.0.0', port: 7420 };
export const DEFAULT_CONSOLE: ListenAt = { host: '127.0.0.1', port: 7421 };

export function addServeOptions(command: Command): void {
  const listen = new Option(
    '--listen <host:port>',
    'where to listen; port 0 is any free one (default: 0.0.0.0:7420, or what was chosen in the console)',
  );
  const console = new Option(
    '--console <host:port|off>',
    'where to serve the console for the browser; beyond this machine it is HTTPS (default: 127.0.0.1:7421)',
  );
  command
    .addOption(listen.argParser(listenOption))
    .addOption(console.argParser(consoleOption))
    .option('--no-udp', 'listen by TCP alone (default: by UDP too, on the same port)')
    .option('--no-announce', "don't be found by clients on the local network")
    .option('--open', 'let in anyone by name alone: for a network that you trust')
    .option('--name <name>', "what the hub is called (default: this machine's host name)")
    .addOption(
      new Option('--limit <rate>', 'most bytes a second of each connection').argParser(rateOption),
    )
    .addOption(
      new Option(
        '--hold-share <share>',
        'hold a snapshot back from destinations that changes or deletes more than this share of its set; 1: never',
      )
        .argParser(shareOption)
        .default(DEFAULT_HOLD_RULE.share),
    )
    .addOption(
      new Option('--hold-files <count>', 'so many files in any case are not held back')
        .argParser(fileCountOption)
        .default(DEFAULT_HOLD_RULE.files),
    )
    .addOption(
      new Option(
        '--prove-hours <hours>',
        'how often each destination is asked to prove that it holds its copies; 0: never',
      )
        .argParser(hoursOption)
        .default(24),
    )
    .addOption(
      new Option(
        '--scrub-days <days>',
        'in how many days the whole vault is read once, in the background; 0: never',
      )
        .argParser(daysOption)
        .default(30),
    )
    .option('--json', 'one JSON object a line')
    .option('--quiet', 'only errors');
}

function consoleOption(text: string): ListenAt | 'off' {
  return text === 'off' ? text : listenOption(text);
}
