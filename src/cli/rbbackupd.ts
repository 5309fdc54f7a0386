/** The hub's program. It loads no more than the verb that was asked for needs. */

import module from 'node:module';

module.enableCompileCache();

const { main } = await import('./main.ts');
const { hubProgram } = await import('./hub-program.ts');
await main(hubProgram, process.argv.slice(2));
