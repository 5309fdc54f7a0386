import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

import { MOMENTS, Ordeal } from './kill/ordeal.ts';
import { Stage } from './stage.ts';

/** What must have arrived before the kills, in all, to be able to be sent twice. */
const LEAST_BYTES = 1024 * 1024;

const onLinux = {
  skip: existsSync('/proc/self/io') ? false : 'only Linux tells how much a process has written',
};

for (const victim of ['origin', 'hub', 'destination'] as const) {
  test(
    `the ${victim} is killed at ten moments: it goes on, sends nothing twice, and no file is ever half`,
    onLinux,
    async () => {
      await using stage = await Stage.open();
      const ordeal = await Ordeal.begin(stage, victim);
      let [had, all] = [0, 0];
      for (let number = 0; number < MOMENTS; number++) {
        const round = await ordeal.round(number);
        had += round.had;
        all += round.all;
      }
      ordeal.assertEqual();
      // Else the moments were all too early to tell anything. How much it is depends on the machine's mood.
      assert(had >= LEAST_BYTES, `${had} of ${all} bytes had arrived in the ten runs`);
    },
  );
}
