import { Type } from 'typebox';

import { Path } from '../../api/common.ts';
import { DiskFolder, NewFolderRequest } from '../../api/client-api.ts';
import type { ConsoleApp } from '../../server/console-app.ts';
import type { ClientContext } from '../client-context.ts';
import { makeDiskFolder, readDiskFolder } from '../disk/disk-folder.ts';

const DiskQuery = Type.Partial(Path);

/** The folders of this machine, to choose one. */
export function diskRoutes(app: ConsoleApp, { memory }: ClientContext): void {
  app.get(
    '/api/disk',
    { schema: { querystring: DiskQuery, response: { 200: DiskFolder } } },
    async (request) => {
      const { path, pathBytes } = request.query;
      const asked =
        path === undefined && pathBytes === undefined
          ? null
          : { path: path ?? '', ...(pathBytes === undefined ? {} : { pathBytes }) };
      return await readDiskFolder(asked, memory.recent);
    },
  );

  app.post(
    '/api/disk/folder',
    { schema: { body: NewFolderRequest, response: { 200: DiskFolder } } },
    async (request) => {
      const { parent, name } = request.body;
      return await readDiskFolder(await makeDiskFolder(parent, name), memory.recent);
    },
  );
}
