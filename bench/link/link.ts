import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { onExit } from '../measure/cleanup.ts';

const SCRIPT = join(import.meta.dirname, 'link.py');
const NEAR = 'rbb-near';
const FAR = 'rbb-far';
const DEVICE = 'rbblink';

/** Where the far end of a link is reached. */
export const FAR_ADDRESS = '10.97.0.2';

export interface LinkOptions {
  /** One way. */
  readonly delayMs: number;
  /** Of packets, each way. */
  readonly lossPercent: number;
  readonly mbit: number;
  /** Of packets, each way: those that are overtaken, and those that arrive twice. Default: none. */
  readonly reorderedPercent?: number;
  readonly doubledPercent?: number;
  readonly mtu?: number;
  /** What TCP is to slow down by at both ends, `cubic` or `bbr`. Default: as the machine does. */
  readonly congestion?: string;
}

/** Two network namespaces with a slow link between them. One at a time; Linux, as root, with python3. */
export class Link implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #forget: () => void;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#forget = onExit(() => {
      child.kill('SIGKILL');
      removeNamespaces();
    });
  }

  static async open(options: LinkOptions): Promise<Link> {
    const { delayMs, lossPercent, mbit, mtu = 1500, congestion } = options;
    const { reorderedPercent = 0, doubledPercent = 0 } = options;
    removeNamespaces();
    const putBack = congestion === undefined ? undefined : allowCongestion(congestion);
    for (const name of [NEAR, FAR]) {
      ip('netns', 'add', name);
      ip('-n', name, 'link', 'set', 'lo', 'up');
      if (congestion !== undefined) setCongestion(name, congestion);
    }
    putBack?.();
    const line = [delayMs, lossPercent, mbit, mtu, reorderedPercent, doubledPercent];
    const child = spawn('python3', [SCRIPT, NEAR, FAR, ...line.map(String)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`The link ended with ${code}.`)));
    });
    return new Link(child);
  }

  /** Everything is lost, without a word to anybody, or nothing more than usual. */
  down(isDown: boolean): void {
    this.#child.stdin?.write(isDown ? 'down\n' : 'up\n');
  }

  /** What the near end has sent and received so far, headers and all that was sent twice included. */
  bytes(): { readonly sent: number; readonly received: number } {
    const text = execFileSync('ip', ['-n', NEAR, '-s', '-j', 'link', 'show', 'dev', DEVICE], {
      encoding: 'utf8',
    });
    type Counts = { readonly bytes: number };
    const [{ stats64 }] = JSON.parse(text) as [{ stats64: { tx: Counts; rx: Counts } }];
    return { sent: stats64.tx.bytes, received: stats64.rx.bytes };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill();
    await gone;
    removeNamespaces();
    this.#forget();
  }
}

/** Runs a program at the near end of the link: what to start instead, and its parameters. */
export function atNear(program: string, parameters: readonly string[]): [string, string[]] {
  return ['ip', ['netns', 'exec', NEAR, program, ...parameters]];
}

/** The same at the far end. */
export function atFar(program: string, parameters: readonly string[]): [string, string[]] {
  return ['ip', ['netns', 'exec', FAR, program, ...parameters]];
}

/** Why there can be no link here; null if there can. */
export function whyNoLink(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'a link needs Linux and root';
  try {
    execFileSync('ip', ['-V'], { stdio: 'ignore' });
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'a link needs ip (iproute2) and python3';
  }
}

const SETTINGS = '/proc/sys/net/ipv4';

/** Namespaces may use what the machine allows everybody to. @returns puts that back */
function allowCongestion(name: string): () => void {
  const file = join(SETTINGS, 'tcp_allowed_congestion_control');
  const before = readFileSync(file, 'utf8');
  if (!before.trim().split(' ').includes(name)) writeFileSync(file, `${before.trim()} ${name}`);
  return () => writeFileSync(file, before);
}

function setCongestion(namespace: string, name: string): void {
  const file = join(SETTINGS, 'tcp_congestion_control');
  ip('netns', 'exec', namespace, 'sh', '-c', `echo ${name} > ${file}`);
}

function removeNamespaces(): void {
  for (const name of [NEAR, FAR]) {
    try {
      ip('netns', 'del', name);
    } catch {
      // It isn't there.
    }
  }
}

function ip(...parameters: string[]): void {
  execFileSync('ip', parameters, { stdio: ['ignore', 'ignore', 'pipe'] });
}
