import { EXIT_STATUS } from '../base/exit-status.ts';

const SHOW_CURSOR = '\u001b[?25h';

/**
 * A signal that aborts at the first SIGINT, SIGTERM or SIGHUP. The second one ends the process at once, with the
 * cursor shown again.
 */
export function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (!controller.signal.aborted) return controller.abort();
    if (process.stdout.isTTY) process.stdout.write(SHOW_CURSOR);
    process.exit(EXIT_STATUS.interrupted);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  return controller.signal;
}
