import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Option } from 'commander';
import type { Command } from 'commander';

import { systemClock } from '../../base/clock.ts';
import { toRbError } from '../../base/errors.ts';
import { escapeText } from '../../base/names.ts';
import { hostLabel } from '../../client/config.ts';
import { leave, openSession } from '../../client/session.ts';
import { startClientConsole } from '../../console/client/client-console.ts';
import type { ClientConsole } from '../../console/client/client-console.ts';
import { writeOpenPage } from '../../console/client/open-page.ts';
import { askRunning } from '../../console/client/running.ts';
import type { Cli } from '../cli.ts';
import { addCommonOptions } from '../common-options.ts';
import type { CommonOptions } from '../common-options.ts';
import { hubChoice, sessionContext } from '../open-hub.ts';
import { listenOption } from '../option-values.ts';
import { Output } from '../output.ts';

type GuiOptions = CommonOptions & {
  readonly listen?: { readonly host: string; readonly port: number };
  /** False with --no-browser. */
  readonly browser: boolean;
};

export function defineGui(command: Command, cli: Cli): void {
  command
    .usage('[options]')
    .description(
      'The client in the browser, for you alone: it listens on this machine only, and runs until it is stopped.',
    )
    .addOption(
      new Option(
        '--listen <host:port>',
        'where, on loopback (default: 127.0.0.1:7422, or a free port)',
      ).argParser(listenOption),
    )
    .option('--no-browser', 'only print the address, which works once and for ten minutes')
    .action(async (options: GuiOptions) => await openGui(options, cli));
  addCommonOptions(command);
}

async function openGui(options: GuiOptions, cli: Cli): Promise<void> {
  const output = new Output(options, cli);
  const { configDir, transport } = sessionContext(options, cli);
  await logInAsAsked(options, cli, output);
  const started = await startClientConsole({
    configDir,
    transport,
    clock: systemClock,
    random: Math.random,
    host: hostLabel(options.host),
    listen: options.listen ?? null,
    limitBytesPerSec: options.limit,
    localPort: options.localPort,
    log: (message) => output.warn(escapeText(message)),
  });
  if (started === null) {
    const url = await askRunning(configDir);
    await show(url, 'rbbackup runs already, at', configDir, options, output);
    return output.json({ event: 'done', ok: true });
  }
  try {
    await show(started.keyUrl(), 'rbbackup is at', configDir, options, output);
    if (output.mode !== 'json') output.line('It runs until you stop it here, with Ctrl-C.');
    await stopped(cli.signal);
  } finally {
    await stop(started, output);
  }
}

/** With --server and --name the console begins at that hub. If it can't be reached the page says so, and can try again. */
async function logInAsAsked(options: GuiOptions, cli: Cli, output: Output): Promise<void> {
  if (options.server === undefined && options.name === undefined) return;
  try {
    await leave(await openSession(hubChoice(options), sessionContext(options, cli)));
  } catch (error) {
    output.warn(toRbError(error).message);
  }
}

async function show(
  url: string,
  where: string,
  configDir: string,
  options: GuiOptions,
  output: Output,
): Promise<void> {
  output.json({ event: 'listening', url });
  output.line(`${where} ${url}`);
  output.line('This address works once, and for ten minutes; `rbbackup gui` makes another.');
  if (!options.browser) return;
  const page = await writeOpenPage(configDir, url);
  if (!(await openBrowser(page)))
    output.warn('No browser could be opened here; open the address in one yourself.');
}

/** @returns whether the system took it; what the browser does then nobody knows */
async function openBrowser(page: string): Promise<boolean> {
  const command = process.platform === 'darwin' ? 'open' : 'xdg-open';
  try {
    const child = spawn(command, [page], { stdio: 'ignore', detached: true });
    await once(child, 'spawn');
    child.unref();
    return true;
  } catch {
    return false;
  }
}

async function stopped(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

async function stop(console: ClientConsole, output: Output): Promise<void> {
  await console.close();
  output.json({ event: 'done', ok: true });
  output.line('Stopped. Folders that receive go on with the next `rbbackup gui`.');
}
