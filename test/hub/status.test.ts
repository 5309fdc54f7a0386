import assert from 'node:assert/strict';
import { test } from 'node:test';

import { encodeMessage } from '../../src/wire/codec.ts';
import { MESSAGE_BYTES } from '../../src/wire/wire-limits.ts';
import { Origin } from './actors.ts';
import { startLab, until } from './lab.ts';

/** As long as a name of a host or a set may be. */
const LONG = 'x'.repeat(100);
const CLIENTS = 2;
const RUNS_EACH = 40;

test('a status fits a message, however many runs there are and however long their names and files', async (t) => {
  const lab = await startLab(t, { open: true });
  for (let client = 0; client < CLIENTS; client++) {
    const connection = await lab.login('ana');
    for (let run = 0; run < RUNS_EACH; run++) {
      const set = `${client}-${run}-${LONG}`.slice(0, 100);
      const origin = new Origin(connection, set, { host: LONG });
      await origin.start();
      await origin.stream.send({
        t: 'progress',
        phase: 'p'.repeat(255),
        file: new Uint8Array(32_000).fill(0x61),
        fileBytes: 0,
        fileTotal: 0,
        bytes: 0,
        total: 0,
        files: 0,
        filesTotal: 0,
      });
    }
  }
  await until(() => lab.hub.status().runs.length > 5, 'progress has come');
  const asking = await lab.login('ana');
  const stream = asking.openStream({ t: 'ask', what: 'status', watch: false });
  const message = await stream.next();
  assert(message?.t === 'status');
  assert.ok(encodeMessage(message).length < MESSAGE_BYTES);
  assert.ok(message.runs.length > 5 && message.runs.length < CLIENTS * RUNS_EACH);
  assert.equal(message.clients.length, CLIENTS + 1);
});
