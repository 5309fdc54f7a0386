/** Tasks of a client's console, begun without its pages. */

import assert from 'node:assert/strict';

import type { Page } from 'playwright-core';

import type { Task, TaskRequest } from '../../src/console/api/client-api.ts';
import { until } from './until.ts';

const BACKUP = {
  copies: 0,
  exclude: [],
  recursive: true,
  delete: true,
  dryRun: false,
  waitMs: null,
};

/** A backup of a folder with all that is in it, unless more is said. */
export function backupOf(
  folder: string,
  more: Partial<Extract<TaskRequest, { kind: 'backup' }>> = {},
): TaskRequest {
  return { kind: 'backup', source: { path: folder }, ...BACKUP, ...more };
}

/** Begins a task in the console that the page is of. */
export async function beginTask(page: Page, request: TaskRequest): Promise<Task> {
  const answer = await page.request.post(new URL('/api/tasks', page.url()).href, { data: request });
  assert.equal(answer.status(), 200, await answer.text());
  return (await answer.json()) as Task;
}

export async function taskOf(page: Page, id: string): Promise<Task> {
  const answer = await page.request.get(new URL('/api/state', page.url()).href);
  const { tasks } = (await answer.json()) as { tasks: Task[] };
  const task = tasks.find((one) => one.id === id);
  assert(task !== undefined, `there is no task ${id}`);
  return task;
}

const ENDS: readonly Task['state'][] = ['done', 'incomplete', 'failed', 'cancelled'];

/** Waits until a task is in one of these states. @throws when it has ended in another */
export async function taskIn(
  page: Page,
  id: string,
  ...states: readonly Task['state'][]
): Promise<Task> {
  const task = await until(
    `a task that is ${states.join(' or ')}`,
    async () => await taskOf(page, id),
    ({ state }) => states.includes(state) || ENDS.includes(state),
  );
  assert(states.includes(task.state), `it is ${task.state}: ${JSON.stringify(task.failure)}`);
  return task;
}
