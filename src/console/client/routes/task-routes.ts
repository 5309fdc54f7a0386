import { Type } from 'typebox';

import { Done } from '../../api/common.ts';
import { Task, TaskFiles, TaskRequest } from '../../api/client-api.ts';
import type { ConsoleApp } from '../../server/console-app.ts';
import type { ClientContext } from '../client-context.ts';

const MOST_FILES = 1000;

const TaskParams = Type.Object({ id: Type.String({ maxLength: 64 }) });
const FilesQuery = Type.Object({
  filter: Type.Optional(Type.String({ maxLength: 1000 })),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 0, maximum: MOST_FILES })),
});
const OK = { ok: true } as const;

/** What is at work, and what ended. */
export function taskRoutes(app: ConsoleApp, { tasks, hubs }: ClientContext): void {
  app.post(
    '/api/tasks',
    { schema: { body: TaskRequest, response: { 200: Task } } },
    async (request) => {
      await hubs.refresh();
      return (await tasks.begin(request.body, hubs.current)).view();
    },
  );

  app.post(
    '/api/tasks/:id/cancel',
    { schema: { params: TaskParams, response: { 200: Done } } },
    async (request) => {
      await tasks.cancel(request.params.id);
      return OK;
    },
  );

  app.post(
    '/api/tasks/:id/again',
    { schema: { params: TaskParams, response: { 200: Task } } },
    async (request) => {
      await hubs.refresh();
      return (await tasks.again(request.params.id, hubs.current)).view();
    },
  );

  app.delete(
    '/api/tasks/:id',
    { schema: { params: TaskParams, response: { 200: Done } } },
    async (request) => {
      await tasks.remove(request.params.id);
      return OK;
    },
  );

  app.get(
    '/api/tasks/:id/files',
    { schema: { params: TaskParams, querystring: FilesQuery, response: { 200: TaskFiles } } },
    async (request) => {
      const { filter = '', offset = 0, limit = 100 } = request.query;
      return await tasks.get(request.params.id).files.page(filter, offset, limit);
    },
  );
}
