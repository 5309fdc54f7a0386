/**
 * The Chromium of @sparticuz/chromium, unpacked once for all processes and later runs. It needs nothing of the machine but
 * glibc and libgcc: the libraries and a font are unpacked with it.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

export type ChromiumFiles = {
  readonly executablePath: string;
  /** For its environment. */
  readonly env: Readonly<Record<string, string>>;
};

const CACHE = new URL('../../node_modules/.cache', import.meta.url).pathname;
const PACKAGE = createRequire(import.meta.url)(
  '../../node_modules/@sparticuz/chromium/package.json',
) as {
  readonly version: string;
};

/** Other processes may unpack at the same time: each into a folder of its own, and the first to end gives its to all. */
export function unpackedChromium(): ChromiumFiles {
  const name = `chromium-${PACKAGE.version}`;
  const dir = join(CACHE, name);
  if (!existsSync(dir)) {
    mkdirSync(CACHE, { recursive: true });
    removeAbandoned(`${name}.`);
    const own = join(CACHE, `${name}.${process.pid}`);
    mkdirSync(own);
    const program = new URL('unpack-chromium.ts', import.meta.url).pathname;
    execFileSync(process.execPath, [program], { env: { ...process.env, TMPDIR: own } });
    writeFileSync(join(own, 'fonts.conf'), fontsOf(dir));
    try {
      renameSync(own, dir);
    } catch (error) {
      // Another process was first.
      rmSync(own, { recursive: true });
      if (!existsSync(dir)) throw error;
    }
  }
  return {
    executablePath: join(dir, 'chromium'),
    env: { LD_LIBRARY_PATH: join(dir, 'al2023', 'lib'), FONTCONFIG_FILE: join(dir, 'fonts.conf') },
  };
}

/** Removes what processes left that were killed while they unpacked. */
function removeAbandoned(prefix: string): void {
  for (const name of readdirSync(CACHE)) {
    if (!name.startsWith(prefix)) continue;
    if (!existsSync(`/proc/${name.slice(prefix.length)}`))
      rmSync(join(CACHE, name), { recursive: true, force: true });
  }
}

/** The same letters on every machine; the machine's own fonts only for what Open Sans lacks. */
function fontsOf(dir: string): string {
  const prefer = (family: string, font: string): string =>
    `<alias binding="same"><family>${family}</family><prefer><family>${font}</family></prefer></alias>`;
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${dir}/fonts/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${dir}/fonts-cache</cachedir>
  ${['system-ui', 'sans-serif'].map((family) => prefer(family, 'Open Sans')).join('\n  ')}
  ${prefer('monospace', 'DejaVu Sans Mono')}
</fontconfig>
`;
}
