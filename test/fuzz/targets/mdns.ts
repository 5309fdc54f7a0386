import { EventEmitter } from 'node:events';

import Bonjour from 'bonjour-service';

import { concatBytes } from '../../../src/base/bytes.ts';
import { hubsOf } from '../../../src/client/nearby.ts';
import { isWorthReading } from '../../../src/transport/mdns-socket.ts';
import { NEARBY_SERVICE } from '../../../src/wire/nearby.ts';
import { bytesOf, hold } from '../engine/target.ts';
import type { FuzzTarget } from '../engine/target.ts';

const SERVICE = `_${NEARBY_SERVICE}._tcp.local`;

function nameBytes(name: string): Uint8Array {
  const labels = name.split('.').map((label) => {
    const bytes = bytesOf(label);
    return concatBytes([Uint8Array.of(bytes.length), bytes]);
  });
  return concatBytes([...labels, Uint8Array.of(0)]);
}

/** A resource record (RFC 1035, 4.1.3). */
function resource(name: string, type: number, data: Uint8Array): Uint8Array {
  const fixed = Uint8Array.of(0, type, 0, 1, 0, 0, 0, 120, data.length >>> 8, data.length);
  return concatBytes([nameBytes(name), fixed, data]);
}

function announcement(name: string, txt: readonly string[]): Uint8Array {
  const full = `${name}.${SERVICE}`;
  const lines = txt.map((line) => concatBytes([Uint8Array.of(line.length), bytesOf(line)]));
  const port = Uint8Array.of(0, 0, 0, 0, 7420 >>> 8, 7420 & 0xff);
  const records = [
    resource(SERVICE, 12, nameBytes(full)),
    resource(full, 33, concatBytes([port, nameBytes('hub.local')])),
    resource(full, 16, concatBytes(lines)),
    resource('hub.local', 1, Uint8Array.of(10, 0, 0, 5)),
    resource('hub.local', 28, new Uint8Array(16).fill(0xfe)),
  ];
  const head = Uint8Array.of(0, 0, 0x84, 0, 0, 0, 0, records.length, 0, 0, 0, 0);
  return concatBytes([head, ...records]);
}

/** Two announcements one behind the other: the length of the first, it, the second. */
export const MDNS_TARGET: FuzzTarget = {
  name: 'mdns-packets',
  covers: ['client/nearby.ts', 'dns-packet/index.js', 'bonjour-service/dist/lib/browser.js'],
  codes: [],
  seeds: () => {
    const first = announcement('attic', ['name=attic', 'open=1', `fingerprint=${'ab'.repeat(32)}`]);
    const second = announcement('x', ['address=fe80::2', '__proto__=1']);
    return [first, second].map((bytes) =>
      concatBytes([Uint8Array.of(bytes.length, bytes.length >>> 8), bytes, second]),
    );
  },
  words: [SERVICE, '_rbbackup', '\xc0\x0c', '\xc0\x00', 'address='].map(
    (text) => new Uint8Array(Buffer.from(text, 'latin1')),
  ),
  run: (input) => {
    const ear = new EventEmitter();
    const socket = Object.assign(ear, {
      send: (...all: readonly unknown[]) => {
        const done = all.at(-1);
        if (typeof done === 'function') done();
      },
      close: () => undefined,
    });
    const settings: object = { socket, multicast: false, bind: false };
    const bonjour = new Bonjour(settings, () => undefined);
    const browser = bonjour.find({ type: NEARBY_SERVICE });
    const end = 2 + ((input[0] ?? 0) | ((input[1] ?? 0) << 8));
    for (const one of [input.subarray(2, end), input.subarray(end)]) {
      if (!isWorthReading(one)) continue;
      try {
        ear.emit('message', Buffer.from(one), { address: '10.0.0.9', port: 5353 });
      } catch {
        // What the library throws is caught where it is called; it is its state that must stay usable.
      }
    }
    const found = hubsOf(browser.services);
    for (const hub of found) hold(hub.port >= 1 && hub.port <= 65_535, 'a port');
    browser.stop();
  },
  budget: { allocatedBytes: 1024 * 1024, allocatedPerByte: 8192 },
  shortRuns: 1000,
};
