/** The client's program. It loads no more than the verb that was asked for needs. */

import module from 'node:module';

module.enableCompileCache();

const { main } = await import('./main.ts');
const { clientProgram } = await import('./client-program.ts');
await main(clientProgram, process.argv.slice(2));
