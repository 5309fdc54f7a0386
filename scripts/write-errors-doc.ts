/** Writes docs/spec/errors.md: `npm run docs:errors`, after changing `src/base/errors.ts`. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { errorsDocument } from './errors-doc.ts';

const folder = resolve(import.meta.dirname, '../docs/spec');
mkdirSync(folder, { recursive: true });
writeFileSync(resolve(folder, 'errors.md'), errorsDocument());
