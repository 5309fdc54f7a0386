import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { writeDurably } from '../../base/durable-file.ts';

/**
 * Writes a page that leads a browser to an address with a key in it, for its owner alone: every user of the machine
 * sees the arguments of the command that opens it.
 *
 * @param url of our own making: nothing in it needs to be escaped
 * @returns the page's path
 */
export async function writeOpenPage(configDir: string, url: string): Promise<string> {
  const path = pathIn(configDir);
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0;url=${url}">
<title>rbbackup</title>
<p><a href="${url}">rbbackup</a></p>
</html>
`;
  await writeDurably(path, page);
  return path;
}

export async function removeOpenPage(configDir: string): Promise<void> {
  await rm(pathIn(configDir), { force: true });
}

function pathIn(configDir: string): string {
  return join(configDir, 'gui-open.html');
}
