import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

import { isRbError } from '../../src/base/errors.ts';
import { WorkerPool } from '../../src/chunk/worker-pool.ts';
import type { WorkerPoolOptions } from '../../src/chunk/worker-pool.ts';
import type { FixtureJob } from './pool-fixture.ts';

const SCRIPT = new URL('pool-fixture.ts', import.meta.url);

function poolOf(t: TestContext, options: Partial<WorkerPoolOptions> = {}) {
  const pool = new WorkerPool({ script: SCRIPT, size: 2, ...options });
  t.after(() => pool.close());
  return {
    pool,
    run: <T>(job: FixtureJob, transfer: ArrayBuffer[] = []): Promise<T> =>
      pool.run<T>(job, transfer),
  };
}

function gateOf() {
  const gate = new SharedArrayBuffer(4);
  return {
    gate,
    open: (): void => {
      Atomics.store(new Int32Array(gate), 0, 1);
      Atomics.notify(new Int32Array(gate), 0);
    },
  };
}

test('buffers move to the thread and back and are not copied', async (t) => {
  const { run } = poolOf(t);
  const bytes = new ArrayBuffer(3);
  new Uint8Array(bytes).set([1, 2, 3]);
  const answer = run<Uint8Array>({ do: 'double', bytes }, [bytes]);
  assert.ok(bytes.detached);
  assert.deepEqual([...(await answer)], [2, 4, 6]);
});

test('jobs are spread over the threads, no thread has more than it may, and all are done', async (t) => {
  const { pool, run } = poolOf(t, { size: 2, jobsPerWorker: 2 });
  const { gate, open } = gateOf();
  const answers = Array.from({ length: 7 }, () => run<number>({ do: 'wait', gate }));
  assert.equal(pool.pending, 7);
  open();
  const threads = await Promise.all(answers);
  assert.equal(new Set(threads).size, 2);
  assert.equal(pool.pending, 0);
});

test('one job after the other needs one thread, and the buffers of a waiting job stay here', async (t) => {
  const { run } = poolOf(t, { size: 1, jobsPerWorker: 1 });
  const thread = await run<number>({ do: 'thread' });
  assert.equal(await run<number>({ do: 'thread' }), thread);
  const { gate, open } = gateOf();
  const first = run({ do: 'wait', gate });
  const bytes = new ArrayBuffer(1);
  const second = run({ do: 'double', bytes }, [bytes]);
  assert.ok(!bytes.detached);
  open();
  await first;
  await second;
  assert.ok(bytes.detached);
});

test('workerData reaches the threads', async (t) => {
  const { run } = poolOf(t, { workerData: { level: 3 } });
  assert.deepEqual(await run({ do: 'data' }), { level: 3 });
});

test('an error crosses with its code, message, context and retry, and the thread goes on', async (t) => {
  const { run } = poolOf(t, { size: 1 });
  const thread = await run<number>({ do: 'thread' });
  await assert.rejects(run({ do: 'refuse' }), (error: unknown) => {
    assert.ok(isRbError(error, 'damaged-chunk'));
    assert.equal(error.message, 'Not that one.');
    assert.equal(error.retry, true);
    assert.equal(error.context['offset'], 7);
    return true;
  });
  await assert.rejects(run({ do: 'throw' }), (error: unknown) => isRbError(error, 'internal'));
  await assert.rejects(run({ do: 'unclonable' }), (error: unknown) => isRbError(error, 'internal'));
  assert.equal(await run<number>({ do: 'thread' }), thread);
});

for (const way of ['exit', 'crash', 'eat'] as const) {
  test(`a thread that dies (${way}) rejects what it had and is replaced for what waits`, async (t) => {
    const resourceLimits = { maxOldGenerationSizeMb: 20 };
    const { run } = poolOf(t, { size: 1, jobsPerWorker: 2, resourceLimits });
    const { gate } = gateOf();
    const before = await run<number>({ do: 'thread' });
    const beside = assert.rejects(run({ do: 'wait', gate }), (error: unknown) =>
      isRbError(error, 'internal'),
    );
    const dying = assert.rejects(
      run({ do: way }),
      (error: unknown) => isRbError(error, 'internal') && error.retry,
    );
    const waiting = run<number>({ do: 'thread' });
    await Promise.all([beside, dying]);
    assert.notEqual(await waiting, before);
  });
}

test('a script that cannot start rejects each job and does not start over for ever', async (t) => {
  const { pool } = poolOf(t, {
    script: new URL('no-such-script.ts', import.meta.url),
    size: 1,
    jobsPerWorker: 1,
  });
  const jobs = [pool.run(1), pool.run(2)];
  for (const job of jobs)
    await assert.rejects(job, (error: unknown) => isRbError(error, 'internal'));
  assert.equal(pool.pending, 0);
});

test('a job that cannot be handed over is rejected and takes nobody’s place', async (t) => {
  const { pool, run } = poolOf(t, { size: 1, jobsPerWorker: 1 });
  await assert.rejects(
    pool.run(() => 1),
    (error: unknown) => isRbError(error, 'internal'),
  );
  assert.equal(typeof (await run<number>({ do: 'thread' })), 'number');
});

test('closing rejects what runs and what waits, and later jobs; it may be called twice', async (t) => {
  const { pool, run } = poolOf(t, { size: 1, jobsPerWorker: 1 });
  const { gate } = gateOf();
  const jobs = [run({ do: 'wait', gate }), run({ do: 'thread' })];
  const rejected = jobs.map((job) =>
    assert.rejects(job, (error: unknown) => isRbError(error, 'interrupted')),
  );
  await Promise.all([pool.close(), pool.close()]);
  await Promise.all(rejected);
  await assert.rejects(run({ do: 'thread' }), (error: unknown) => isRbError(error, 'interrupted'));
});

test('an idle pool that nobody closed does not keep its process alive', () => {
  const module = new URL('../../src/chunk/worker-pool.ts', import.meta.url).href;
  const program = `import(${JSON.stringify(module)}).then(async ({ WorkerPool }) => {
    const pool = new WorkerPool({ script: new URL(${JSON.stringify(SCRIPT.href)}), size: 1 });
    console.log(typeof (await pool.run({ do: 'thread' })));
  });`;
  const args = ['--eval', program];
  const printed = execFileSync(process.execPath, args, {
    cwd: fileURLToPath(new URL('.', SCRIPT)),
    timeout: 60_000,
  });
  assert.equal(printed.toString(), 'number\n');
});
