/** The built pages: one html file for every path, and the assets it names. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import serveStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';

import { CHECKOUT, buildPages } from './build-pages.ts';
import type { ConsoleApp } from './console-app.ts';

/** Vite's names of assets have a hash of the contents in them. */
const FOR_EVER = { maxAge: '365d', immutable: true } as const;
/** A name alone, which can lead nowhere else. */
const FILE_NAME = /^\w[\w-]*(?:\.[\w-]+)+$/;

export type PagesOptions = {
  readonly page: 'hub' | 'client';
  /** Null: `web/dist` of this checkout, which is built if it is missing. */
  readonly folder: string | null;
  readonly log: (message: string) => void;
};

/** Registers the routes that are not below /api. All are public: whether there is a session is asked by the page. */
export async function registerPages(app: ConsoleApp, options: PagesOptions): Promise<void> {
  const folder = options.folder ?? join(CHECKOUT, 'web/dist');
  const html = `${options.page}.html`;
  let built: Promise<void> | null = null;
  const isThere = async (): Promise<boolean> => {
    if (await isFile(join(folder, html))) return true;
    if (options.folder !== null) return false;
    // Once: it takes seconds, and would fail again.
    await (built ??= buildPages(options.log));
    return await isFile(join(folder, html));
  };

  await app.register(serveStatic, {
    root: folder,
    serve: false,
    dotfiles: 'deny',
    index: false,
    suppressWarning: true,
  });
  const route = { method: ['GET', 'HEAD'], schema: { hide: true }, config: { public: true } };

  app.route<{ Params: { '*': string } }>({
    ...route,
    url: '/assets/*',
    handler: (request, reply) => {
      const name = request.params['*'];
      if (!FILE_NAME.test(name)) return reply.callNotFound();
      return reply.removeHeader('cache-control').sendFile(`assets/${name}`, folder, FOR_EVER);
    },
  });

  app.route<{ Params: { '*': string } }>({
    ...route,
    url: '/*',
    handler: async (request, reply) => {
      const name = request.params['*'];
      const isOther = FILE_NAME.test(name) && !name.endsWith('.html');
      if (isOther && (await isFile(join(folder, name)))) {
        return reply.header('cache-control', 'no-cache').sendFile(name, folder, AS_IT_IS);
      }
      if (!(await isThere())) return sendMissing(reply);
      return reply.sendFile(html, folder, AS_IT_IS);
    },
  });
}

/** With the headers that are there already. */
const AS_IT_IS = { cacheControl: false } as const;

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true;
}

function sendMissing(reply: FastifyReply): FastifyReply {
  return reply
    .code(503)
    .type('text/html; charset=utf-8')
    .send(
      '<!doctype html><html lang="en"><meta charset="utf-8"><title>rbbackup</title>' +
        '<h1>The pages are not built</h1><p>Run <code>sh scripts/build-web.sh</code> in the folder of rbbackup, ' +
        'then load this page again.</p></html>\n',
    );
}
