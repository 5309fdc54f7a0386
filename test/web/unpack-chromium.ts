/** Run with TMPDIR set to an empty folder: puts Chromium there, with its fonts and the libraries it needs. */

import { createRequire } from 'node:module';
import { join } from 'node:path';

import chromium, { inflate } from '@sparticuz/chromium';

const build = createRequire(import.meta.url).resolve('@sparticuz/chromium');
await chromium.executablePath();
// NSS, NSPR and expat, which a machine without a desktop has not.
await inflate(join(build, '..', '..', 'bin', 'al2023.tar.br'));
