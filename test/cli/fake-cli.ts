/** A process that isn't one: what a program writes is kept. */

import { PassThrough } from 'node:stream';

import type { Cli } from '../../src/cli/cli.ts';

export type FakeCli = Cli & { written(): string; complained(): string };

/** @param columns of a terminal; undefined: there is none */
export function fakeCli(argv: readonly string[], columns?: number): FakeCli {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let [out, err] = ['', ''];
  stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  if (columns !== undefined) Object.assign(stdout, { isTTY: true, columns, rows: 24 });
  return {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    env: {},
    argv,
    signal: new AbortController().signal,
    status: 0,
    written: () => out,
    complained: () => err,
  };
}
