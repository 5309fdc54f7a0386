/**
 * Shouts packets of multicast DNS that no honest hub sends, at the address given, until it is ended: rubbish, floods of
 * questions, names and addresses that are none. Prints a line once it has begun.
 */

import { createSocket } from 'node:dgram';

const GROUP = '224.0.0.251';
const PORT = 5353;
const TYPE = '_rbbackup._tcp.local';

type Record = { readonly name: string; readonly type: number; readonly data: Buffer };

let state = 7;
/** Park and Miller; the same rubbish each time. */
function random(below: number): number {
  state = (state * 48_271) % 2_147_483_647;
  return state % below;
}

function nameBytes(name: string): Buffer {
  const labels = name.split('.').map((label) => {
    const bytes = Buffer.from(label).subarray(0, 63);
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  });
  return Buffer.concat([...labels, Buffer.alloc(1)]);
}

function packet(flags: number, questions: readonly Buffer[], records: readonly Record[]): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(flags, 2);
  header.writeUInt16BE(questions.length, 4);
  header.writeUInt16BE(records.length, 6);
  const bodies = records.map(({ name, type, data }) => {
    const fixed = Buffer.alloc(10);
    fixed.writeUInt16BE(type, 0);
    fixed.writeUInt16BE(1, 2);
    fixed.writeUInt32BE(120, 4);
    fixed.writeUInt16BE(data.length, 8);
    return Buffer.concat([nameBytes(name), fixed, data]);
  });
  return Buffer.concat([header, ...questions, ...bodies]);
}

function announcement(label: string, port: number, texts: readonly string[], a: Buffer): Buffer {
  const full = `${label}.${TYPE}`;
  const srv = Buffer.concat([
    Buffer.from([0, 0, 0, 0, port >> 8, port & 255]),
    nameBytes('x.local'),
  ]);
  const txt = texts.map((text) =>
    Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'latin1')]),
  );
  return packet(
    0x8400,
    [],
    [
      { name: TYPE, type: 12, data: nameBytes(full) },
      { name: full, type: 33, data: srv },
      { name: full, type: 16, data: Buffer.concat(txt) },
      { name: 'x.local', type: 1, data: a },
    ],
  );
}

function question(name: string, type: number): Buffer {
  return Buffer.concat([nameBytes(name), Buffer.from([0, type, 0, 1])]);
}

function next(i: number): Buffer {
  const ip = Buffer.from([10, 77, 0, random(256)]);
  switch (i % 7) {
    case 0:
      return Buffer.from(Array.from({ length: random(1400) }, () => random(256)));
    case 1:
      return announcement(`flood-${i}`, 1 + random(60_000), [`name=flood-${i}`], ip);
    case 2:
      return announcement(
        `\u001b[2J-${i}`,
        80,
        ['name=\u001b]0;x\u0007', '__proto__=x', '=', 'open'],
        ip,
      );
    case 3:
      return announcement(`bad-${i}`, 0, ['fingerprint=../../x'], Buffer.from([127, 0, 0, 1]));
    case 4:
      return packet(
        0,
        Array.from({ length: 200 }, () => question(TYPE, 12)),
        [],
      );
    case 5:
      return packet(
        0,
        Array.from({ length: 20 }, () => question(TYPE, 255)),
        [],
      );
    default: {
      const cut = announcement(`cut-${i}`, 80, ['name=cut'], ip);
      return cut.subarray(0, random(cut.length));
    }
  }
}

const socket = createSocket({ type: 'udp4', reuseAddr: true });
const own = process.argv[2] ?? '127.0.0.1';
socket.bind({ port: PORT, address: own }, () => {
  socket.setMulticastInterface(own);
  let i = 0;
  setInterval(() => {
    for (let n = 0; n < 20; n++) socket.send(next(i++), PORT, GROUP);
  }, 20);
  console.log('shouting');
});
