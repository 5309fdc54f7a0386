import type { Command } from 'commander';

import { systemClock } from '../../base/clock.ts';
import { readStatus } from '../../client/status.ts';
import type { Status } from '../../wire/messages-ask.ts';
import type { Cli } from '../cli.ts';
import { addCommonOptions } from '../common-options.ts';
import type { CommonOptions } from '../common-options.ts';
import { jsonStatus } from '../json-status.ts';
import { withHub } from '../open-hub.ts';
import { Output } from '../output.ts';
import { RunSpeeds } from '../view/run-speeds.ts';
import { renderStatus } from '../view/status-view.ts';

type StatusOptions = CommonOptions & { readonly watch?: true };

export function defineStatus(command: Command, cli: Cli): void {
  command
    .usage('[options]')
    .description('The hub, who is connected, and what is running.')
    .option('-w, --watch', 'go on showing it, until Ctrl-C')
    .action(async (options: StatusOptions) => await status(options, cli));
  addCommonOptions(command);
}

async function status(options: StatusOptions, cli: Cli): Promise<void> {
  const output = new Output(options, cli);
  let shown: Status | null = null;
  const speeds = new RunSpeeds(systemClock);
  const speedOf = speeds.of.bind(speeds);
  const lines = (columns: number): string[] =>
    shown === null
      ? []
      : renderStatus(shown, { columns, style: output.style, nowMs: Date.now(), speedOf });
  try {
    await withHub(options, cli, async (session) => {
      for await (const now of readStatus(session, options.watch === true)) {
        if (options.watch && shown === null) await output.startScreen(lines);
        shown = now;
        speeds.at(now.runs);
        output.json(jsonStatus(now));
        if (!options.watch || output.mode === 'lines')
          for (const line of lines(output.listColumns)) output.line(line);
        if (output.isGone) break;
      }
    });
    output.json({ event: 'done', ok: true });
  } catch (error) {
    // Ctrl-C is how watching ends.
    if (!cli.signal.aborted || options.watch !== true) throw error;
    output.json({ event: 'done', ok: true });
  } finally {
    output.endScreen(true);
  }
}
