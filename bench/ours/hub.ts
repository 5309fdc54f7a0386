import { join } from 'node:path';

import { onExit } from '../measure/cleanup.ts';
import { cpuSecondsOf, peakBytesOf, residentBytesOf } from '../measure/process-status.ts';
import { RBBACKUPD, startServer } from './program.ts';

/** A running hub on loopback: TLS as always, anyone may log in by name. */
export class Hub {
  readonly port: number;
  readonly #pid: number;
  readonly #stop: () => Promise<void>;

  private constructor(port: number, pid: number, stop: () => Promise<void>) {
    this.port = port;
    this.#pid = pid;
    this.#stop = stop;
  }

  /**
   * Starts a hub and waits until it listens.
   *
   * @param state - it keeps everything in the folder `hub` of it
   * @param port - 0: any free one
   * @param env - beside the bench's own
   */
  static async start(
    state: string,
    port: number,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Hub> {
    const options = ['--listen', `127.0.0.1:${port}`, '--console', 'off', '--open', '--json'];
    const server = await startServer(RBBACKUPD, [join(state, 'hub'), ...options], env);
    const forget = onExit(() => server.kill());
    return new Hub(Number(server.first['port']), server.pid, async () => {
      await server.stop();
      forget();
    });
  }

  /** Largest resident size since its start. */
  get peakBytes(): number {
    return peakBytesOf(this.#pid);
  }

  /** Resident size now. */
  get residentBytes(): number {
    return residentBytesOf(this.#pid);
  }

  /** Processor time since its start. */
  get cpuSeconds(): number {
    return cpuSecondsOf(this.#pid);
  }

  stop(): Promise<void> {
    return this.#stop();
  }
}
