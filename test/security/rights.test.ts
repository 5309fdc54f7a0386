import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import type { Duty, Rights } from '../../src/catalog/people.ts';
import type { Connection } from '../../src/transport/transport.ts';
import { kindOf } from '../../src/wire/messages.ts';
import { STREAM_TABLES } from '../../src/wire/states.ts';
import { helloOf, identityNumber } from '../hub/lab.ts';
import { ManualClock } from '../manual-clock.ts';
import { SAMPLES } from '../wire/samples.ts';
import { BACKUP_ACTS } from './backup-acts.ts';
import { READER_ACTS } from './reader-acts.ts';
import type { Act } from './rights-act.ts';
import { INSIDERS, OUTSIDERS, PLAIN_FIELDS, ROWS, TELLING, outcomeFor } from './rights-table.ts';
import type { Insider, Outsider, Row } from './rights-table.ts';
import { Scene } from './rights-scene.ts';
import type { Things } from './rights-scene.ts';

/** The kind of what comes of it, and what is told of it. */
type Answer = { readonly outcome: string; readonly words: string };

const ACTS: Readonly<Record<string, Act>> = { ...BACKUP_ACTS, ...READER_ACTS };

const RIGHTS: Readonly<Record<Insider, Rights | null>> = {
  guest: null,
  member: 'member',
  reader: 'read-only',
  admin: 'admin',
  keeper: 'member',
  destination: 'member',
  holder: 'admin',
};

const DUTIES: Readonly<Partial<Record<Insider, Duty>>> = {
  keeper: 'all',
  destination: 'destination',
  holder: 'destination',
};

const cellName = ([says, names, thing]: Row): string => `${says} ${names} (${thing})`;

function namedIn(scene: Scene, [, , thing]: Row): Things {
  if (thing === 'foreign') return scene.foreign;
  return thing === 'absent' ? scene.absent() : scene.own;
}

/** Says it. @param twist what happens to the visitor before, while it is connected */
async function answerTo(
  scene: Scene,
  connection: Connection,
  row: Row,
  twist: () => void = (): void => undefined,
): Promise<Answer> {
  const [says, names] = row;
  const act = ACTS[says];
  assert(act !== undefined, `nothing says ${says}`);
  try {
    const opened = await act.before?.(scene, connection);
    twist();
    // Who says nothing that opens a stream has none: it is not looked at then.
    const stream = opened ?? connection.control;
    const named = namedIn(scene, row);
    const outcome = await act.say({ scene, connection, names, named, stream });
    opened?.end();
    return { outcome, words: '' };
  } catch (error) {
    if (!isRbError(error)) throw error;
    return { outcome: error.code, words: error.message };
  }
}

test('the table has a row for everything that a client may say, and for all that it names', () => {
  const said = new Set(ROWS.map(([says]) => says as string));
  for (const [type, table] of Object.entries(STREAM_TABLES)) {
    if (type === 'login') continue;
    const kinds = new Set(Object.values(table).flatMap(({ client }) => Object.keys(client)));
    for (const kind of kinds) {
      const rows = ROWS.filter(([says]) => says === `${type}/${kind}`);
      assert.ok(rows.length > 0, `no row for ${type}/${kind}`);
      said.delete(`${type}/${kind}`);
      const sample = SAMPLES.find((message) => kindOf(message) === kind);
      const fields = kind === 'bundle' ? ['ids'] : Object.keys(sample ?? {});
      const naming = fields.filter((field) => !PLAIN_FIELDS.has(field));
      const isSetNamed = naming.includes('user') && naming.includes('set') && kind === 'follow';
      for (const field of naming) {
        if (isSetNamed && field === 'set') continue;
        const names = new Set(
          rows.map(([, each]) => each).filter((each) => each.split(' ').at(-1) === field),
        );
        assert.ok(names.size > 0, `no row for what "${field}" of ${type}/${kind} names`);
        for (const each of names) {
          const things = rows.filter(([, name]) => name === each).map(([, , thing]) => thing);
          assert.deepEqual(things, ['own', 'foreign', 'absent'], `${type}/${kind} ${each}`);
        }
      }
    }
  }
  assert.deepEqual([...said], [], 'rows of what nobody can say');
});

for (const insider of INSIDERS) {
  test(`what a ${insider} may do is what the table says, and tells nothing more`, async (t) => {
    const scene = await Scene.open(t, RIGHTS[insider]);
    scene.takesDuty(DUTIES[insider] ?? 'add');
    const found: string[] = [];
    const words = new Map<string, Answer>();
    for (const row of ROWS) {
      const connection = await scene.enter();
      const answer = await answerTo(scene, connection, row);
      connection.close();
      words.set(cellName(row), answer);
      const wanted = outcomeFor(row, insider);
      if (answer.outcome !== wanted)
        found.push(`${cellName(row)}: ${answer.outcome} ${answer.words}, not ${wanted}`);
    }
    assert.deepEqual(found, []);
    if (RIGHTS[insider] === 'admin') return;
    for (const [says, names, thing] of ROWS) {
      if (thing !== 'foreign' || TELLING.has(`${says} ${names}`)) continue;
      const foreign = words.get(`${says} ${names} (foreign)`);
      assert.deepEqual(foreign, words.get(`${says} ${names} (absent)`), `${says} ${names}`);
    }
  });
}

test('who has not logged in, or by another version, is heard in nothing', async (t) => {
  const scene = await Scene.open(t, 'member');
  for (const row of ROWS) {
    const nobody = await scene.lab.connect(await identityNumber(3));
    nobody.markLoggedIn();
    assert.equal((await answerTo(scene, nobody, row)).outcome, OUTSIDERS.nobody, cellName(row));
    const other = await scene.lab.connect(await identityNumber(3));
    await other.control.send(helloOf(scene.user, { version: 2 }));
    other.markLoggedIn();
    const { outcome } = await answerTo(scene, other, row);
    assert.equal(outcome, OUTSIDERS['other-version'], cellName(row));
  }
});

/** What an administrator does to somebody who is connected. */
const TWISTS: Readonly<
  Record<Exclude<Outsider, 'nobody' | 'other-version'>, (scene: Scene) => void>
> = {
  removed: ({ lab, user }) => lab.catalog.removeUser(user),
  demoted: ({ lab, user }) => lab.catalog.setRights(user, 'read-only'),
  reassigned: (scene) => scene.takesDuty('destination'),
  forgotten: ({ lab, user }) => {
    for (const { fingerprint } of lab.catalog.devices(user)) lab.catalog.removeDevice(fingerprint);
  },
};

for (const [outsider, twist] of Object.entries(TWISTS)) {
  test(`who is ${outsider} while it is connected is heard in nothing two seconds later`, async (t) => {
    const clock = new ManualClock(Date.now());
    const scene = await Scene.open(t, 'member', clock);
    for (const row of ROWS) {
      const connection = await scene.enter();
      const { outcome } = await answerTo(scene, connection, row, () => {
        twist(scene);
        clock.advance(2000);
      });
      assert.equal(outcome, OUTSIDERS[outsider as Outsider], cellName(row));
      comeBack(scene);
    }
  });
}

/** The same user is to be a member again; one that is gone becomes one by its next invitation. */
function comeBack({ lab: { catalog }, user }: Scene): void {
  if (catalog.user(user)?.rights === 'read-only') catalog.setRights(user, 'member');
  for (const { fingerprint } of catalog.devices(user)) catalog.setDuty(fingerprint, 'add');
}
