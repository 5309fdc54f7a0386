import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import type { Fate, Mutant, Result } from './mutant.ts';

const DRY_RUN_MS = 300_000;
/** Generous, as an endless loop is mostly ended by the count of its rounds, long before. */
const SLOWER = 4;
const SLOWER_MS = 10_000;
const MORE_HITS = 100;
const HEAP_MIB = 1024;
const NOT_OK = /^ *not ok /m;

/** Everything is read-only but the folder it is given: nobody knows what changed code deletes. */
const FENCE = 'mount --bind "$1" "$1" && mount -o remount,bind,ro / && shift && exec "$@"';

type Test = { readonly file: string; readonly ms: number; readonly hits: Map<string, number> };

type Ended = { readonly status: 'passed' | 'failed' | 'timeout'; readonly ms: number };

/** Runs the tests of a copy of the project, one file and one mutant at a time. */
export class Tester {
  readonly #copy: string;
  readonly #run: string;
  readonly #isFenced: boolean;
  #tests: Test[] = [];

  /** @param copy the copy, with the mutants in its source */
  constructor(copy: string) {
    this.#copy = copy;
    this.#run = join(copy, 'run');
    this.#isFenced = process.getuid?.() === 0 && existsSync('/usr/bin/unshare');
    mkdirSync(this.#run);
  }

  /**
   * Runs each test without a mutant, to learn how long it takes and what it reaches.
   * @throws Error if one fails already
   */
  async learn(files: readonly string[]): Promise<void> {
    for (const file of files) {
      const reached = join(this.#run, 'reached');
      const { status, ms } = await this.#runTest(file, DRY_RUN_MS, { MUTATION_REACHED: reached });
      if (status !== 'passed') throw new Error(`${file} fails without any mutant: ${status}`);
      this.#tests.push({ file, ms, hits: readHits(reached) });
      rmSync(reached, { force: true });
    }
    this.#tests.sort((a, b) => a.ms - b.ms);
  }

  /** The quickest test comes first; the first that fails ends it. */
  async try(mutant: Mutant): Promise<Result> {
    let fate: Fate = 'unreached';
    for (const { file, ms, hits } of this.#tests) {
      const count = hits.get(mutant.id);
      if (count === undefined) continue;
      const active: Record<string, string> = { __STRYKER_ACTIVE_MUTANT__: mutant.id };
      if (count > 0) active['MUTATION_MOST_HITS'] = String(MORE_HITS * (count + 1));
      const { status } = await this.#runTest(file, SLOWER * ms + SLOWER_MS, active);
      if (status === 'failed') return { mutant, fate: 'killed', by: file };
      if (status === 'timeout') return { mutant, fate: 'timeout', by: file };
      fate = 'survived';
    }
    return { mutant, fate, by: '' };
  }

  async #runTest(file: string, limitMs: number, env: Record<string, string>): Promise<Ended> {
    const temporary = mkdtempSync(join(this.#run, 't'));
    const node = [process.execPath, '--test-reporter=tap', file];
    const fence = ['unshare', '-m', 'sh', '-c', FENCE, 'sh', this.#run];
    const [program = '', ...rest] = this.#isFenced ? [...fence, ...node] : node;
    const started = performance.now();
    const child = spawn(program, rest, {
      cwd: this.#copy,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
      env: { ...process.env, ...this.#environment(temporary), ...env },
    });
    let status: Ended['status'] | null = null;
    const end = (as: Ended['status']): void => {
      status ??= as;
      endGroup(child.pid);
    };
    const timer = setTimeout(end, limitMs, 'timeout');
    child.stdout.on('data', (said: Buffer) => {
      if (NOT_OK.test(said.toString())) end('failed');
    });
    const [code] = await once(child, 'exit');
    clearTimeout(timer);
    endGroup(child.pid);
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
    status ??= code === 0 ? 'passed' : 'failed';
    return { status, ms: performance.now() - started };
  }

  #environment(temporary: string): Record<string, string> {
    const preload = join(this.#copy, 'test/mutation/in-test.ts');
    const quiet = '--disable-warning=ExperimentalWarning';
    return {
      TMPDIR: temporary,
      NODE_COMPILE_CACHE: join(this.#run, 'compiled'),
      NODE_OPTIONS: `${quiet} --max-old-space-size=${HEAP_MIB} --import=${preload}`,
    };
  }
}

/** Mutant and count, a line each; the count comes last, if the thread could still say it. */
function readHits(path: string): Map<string, number> {
  const hits = new Map<string, number>();
  if (!existsSync(path)) return hits;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [id = '', count = '0'] = line.split(' ');
    if (id !== '') hits.set(id, Math.max(hits.get(id) ?? 0, Number(count)));
  }
  return hits;
}

/** The test and whatever it has started. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}
