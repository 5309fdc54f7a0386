import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ClockScene, YEAR_SEC } from '../torture/clock/clock-scene.ts';
import { FakeTime, noFakeTime } from '../torture/clock/fake-time.ts';
import { Stage } from './stage.ts';

const SEED = 20_261_122;
const HOUR_SEC = 3600;
const skip = noFakeTime();

test(
  'clocks that are a year off, and jump during runs and between them, change nothing of what is kept',
  { skip },
  async () => {
    await using scene = await ClockScene.open(SEED, {
      hub: -YEAR_SEC,
      origin: YEAR_SEC,
      destination: -YEAR_SEC,
    });
    const { hub, origin, destination } = scene.clocks;
    await scene.run(() => hub.set(YEAR_SEC));
    origin.set(-YEAR_SEC);
    hub.set(-YEAR_SEC);
    await scene.run(() => {
      origin.set(YEAR_SEC);
      destination.set(YEAR_SEC);
    });
    hub.set(0);
    await scene.restart('hub');
    await scene.run();
    await scene.assertAllThere();
  },
);

test(
  "an invitation lasts as long as it should by the hub's clock, whatever the device's says",
  { skip },
  async () => {
    await using stage = await Stage.open();
    const hubTime = new FakeTime(stage.path('clock-hub'));
    const hub = await stage.hub({ open: false, env: hubTime.env });
    const invite = async (name: string): Promise<string> => {
      const args = ['invite', hub.dir, name, '--expires', '24h', '--json'];
      const { lines } = await stage.start(
        'rbbackupd',
        [...args, '--address', hub.address],
        hubTime.env,
      ).ended;
      return String(lines.find((line) => 'code' in line)?.['code']);
    };
    const login = async (code: string, name: string, offsetSec: number): Promise<number | null> => {
      const { under } = new FakeTime(stage.path(`clock-${name}`), offsetSec);
      const args = ['login', code, '--config', stage.path('config', name), '--json'];
      const { status, lines } = await stage.start('rbbackup', args, {}, { under }).ended;
      return status === 0 ? 0 : assertRefused(status, lines.at(-1)?.['code']);
    };
    const [first, second, third] = [await invite('ana'), await invite('ben'), await invite('eva')];
    assert.equal(await login(first, 'ana', YEAR_SEC), 0);
    hubTime.set(25 * HOUR_SEC);
    assert.equal(await login(second, 'ben', 0), 5);
    // Back again: it is in time once more, but what was used stays used.
    hubTime.set(-YEAR_SEC);
    assert.equal(await login(third, 'eva', -YEAR_SEC), 0);
    assert.equal(await login(first, 'zoe', 0), 5);
    assert.equal(await login(await invite('ben'), 'ben', YEAR_SEC), 0);
  },
);

function assertRefused(status: number | null, code: unknown): number | null {
  assert.match(String(code), /^invitation-(?:expired|used)$/);
  return status;
}
