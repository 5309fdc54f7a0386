/** Prints the bytes of its first argument, in hexadecimal: run by argument-bytes.test.ts. */

import { absolutePath, argumentBytes } from '../../src/cli/argument-bytes.ts';

const argv = process.argv.slice(2);
process.stdout.write(Buffer.from(absolutePath(argumentBytes(argv[0] ?? '', argv))).toString('hex'));
