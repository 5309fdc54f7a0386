/** `npm run check`: types, lint, format, dead code. */

import { resolve } from 'node:path';
import process from 'node:process';

import { runChecks } from './check-steps.ts';

const { failed } = runChecks(resolve(import.meta.dirname, '..'));
process.exitCode = failed === 0 ? 0 : 1;
