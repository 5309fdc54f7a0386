import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { CPU } from './in-test.ts';
import type { Fate, Mutant, Result } from './mutant.ts';

const DRY_RUN_MS = 600_000;
/** Processor time that a test may take in the place of what it took; a loop without end reaches it soon. */
const SLOWER = 3;
const SLOWER_S = 4;
/** A test that waits for what never comes takes no processor time. On a busy machine one that works waits long too. */
const WAITS = 6;
const WAITS_MS = 30_000;
const MORE_HITS = 100;
const HEAP_MIB = 1024;
/** What the system ends a process with that has used up its time. */
const CPU_SIGNALS: ReadonlySet<unknown> = new Set(['SIGXCPU', 'SIGKILL']);
const NOT_OK = /^ *not ok /m;

/** Everything is read-only but the folder it is given: nobody knows what changed code deletes. */
const FENCE = 'mount --bind "$1" "$1" && mount -o remount,bind,ro / && shift && exec "$@"';
const LIMITED = 'ulimit -t "$1" && shift && exec "$@"';

type Test = {
  readonly file: string;
  /** How long it took, and how much of a processor. */
  readonly ms: number;
  readonly cpuMs: number;
  /** How often it reaches each mutant; 0 if it does, but nobody counted. */
  readonly hits: Map<string, number>;
  /** By file of the source: how many of its mutants it was tried on, and how many it noticed. */
  readonly luck: Map<string, { tried: number; noticed: number }>;
};

type Ended = { readonly status: 'passed' | 'failed' | 'timeout'; readonly ms: number };

/** Runs the tests of a copy of the project, one file and one mutant at a time. */
export class Tester {
  readonly #copy: string;
  readonly #run: string;
  /** Whether nothing but a folder of its own can be written; only root may have it so. */
  readonly isFenced: boolean;
  readonly #tests: Test[] = [];
  readonly #running = new Set<ChildProcess>();

  /** @param copy the copy, with the mutants in its source */
  constructor(copy: string) {
    this.#copy = copy;
    this.#run = join(copy, 'run');
    mkdirSync(this.#run);
    const [program, ...rest] = this.#fence('true');
    this.isFenced = spawnSync(program, rest).status === 0;
  }

  /**
   * Runs each test without a mutant, to learn how long it takes and what it reaches.
   * @throws Error if one fails already
   */
  async learn(files: readonly string[]): Promise<void> {
    for (const file of files) {
      const reached = join(this.#run, 'reached');
      const env = { MUTATION_REACHED: reached };
      const { status, ms } = await this.#runTest(file, DRY_RUN_MS, DRY_RUN_MS, env);
      if (status !== 'passed') throw new Error(`${file} fails without any mutant: ${status}`);
      const hits = readHits(reached);
      const cpuMs = hits.get(CPU) ?? ms;
      this.#tests.push({ file, ms, cpuMs, hits, luck: new Map() });
      rmSync(reached, { force: true });
    }
  }

  /** The test that is likely to notice it soonest comes first; the first that fails ends it. */
  async try(mutant: Mutant): Promise<Result> {
    let fate: Fate = 'unreached';
    for (const test of this.#bySpeed(mutant)) {
      const { file, ms, cpuMs, hits } = test;
      const count = hits.get(mutant.id) ?? 0;
      const active: Record<string, string> = { __STRYKER_ACTIVE_MUTANT__: mutant.id };
      if (count > 0) active['MUTATION_MOST_HITS'] = String(MORE_HITS * (count + 1));
      const { status } = await this.#runTest(
        file,
        WAITS * ms + WAITS_MS,
        SLOWER * cpuMs + 1000 * SLOWER_S,
        active,
      );
      const luck = luckOf(test, mutant);
      luck.tried++;
      if (status !== 'passed') luck.noticed++;
      test.luck.set(mutant.file, luck);
      if (status === 'failed') return { mutant, fate: 'killed', by: file };
      if (status === 'timeout') return { mutant, fate: 'timeout', by: file };
      fate = 'survived';
    }
    return { mutant, fate, by: '' };
  }

  /** Ends what is running. */
  stop(): void {
    for (const { pid } of this.#running) endGroup(pid);
  }

  #bySpeed(mutant: Mutant): Test[] {
    const msToNotice = (test: Test): number => {
      const { tried, noticed } = luckOf(test, mutant);
      return (test.cpuMs * (tried + 2)) / (noticed + 1);
    };
    return this.#tests
      .filter(({ hits }) => hits.has(mutant.id))
      .toSorted((a, b) => msToNotice(a) - msToNotice(b));
  }

  async #runTest(
    file: string,
    limitMs: number,
    limitCpuMs: number,
    env: Record<string, string>,
  ): Promise<Ended> {
    const temporary = mkdtempSync(join(this.#run, 't'));
    const limit = ['sh', '-c', LIMITED, 'sh', String(Math.ceil(limitCpuMs / 1000))];
    const node = [...limit, process.execPath, '--test-reporter=tap', file];
    const [program = '', ...rest] = this.isFenced ? this.#fence(...node) : node;
    const started = performance.now();
    const child = spawn(program, rest, {
      cwd: this.#copy,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
      env: { ...process.env, ...this.#environment(temporary), ...env },
    });
    this.#running.add(child);
    let status: Ended['status'] | null = null;
    const end = (as: Ended['status']): void => {
      status ??= as;
      endGroup(child.pid);
    };
    const timer = setTimeout(end, limitMs, 'timeout');
    child.stdout.on('data', (said: Buffer) => {
      if (NOT_OK.test(said.toString())) end('failed');
    });
    const [code, signal] = await once(child, 'exit');
    clearTimeout(timer);
    this.#running.delete(child);
    endGroup(child.pid);
    rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
    status ??= code === 0 ? 'passed' : CPU_SIGNALS.has(signal) ? 'timeout' : 'failed';
    return { status, ms: performance.now() - started };
  }

  #fence(...command: string[]): [string, ...string[]] {
    return ['unshare', '-m', 'sh', '-c', FENCE, 'sh', this.#run, ...command];
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

function luckOf({ luck }: Test, { file }: Mutant): { tried: number; noticed: number } {
  return luck.get(file) ?? { tried: 0, noticed: 0 };
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
