import { decodeBundleHead } from '../../src/model/bundle.ts';
import { framesOf } from './frames.ts';

/** What a decoder says, in comparable form. */
export type Event = { what: string; stream: number; bytes: string };

/** The twin: reads whole frames of a whole recording, sticks fragments together, checks next to nothing. */
export function decodeNaively(recording: Uint8Array): Event[] {
  const events: Event[] = [];
  const begun = new Map<number, Uint8Array[]>();
  for (const { type, stream, payload, more } of framesOf([recording])) {
    if (type !== 'message' && type !== 'bundle') {
      if (type === 'fail') begun.delete(stream);
      events.push({ what: type, stream, bytes: Buffer.from(payload).toString('hex') });
      continue;
    }
    const parts = begun.get(stream) ?? [];
    parts.push(payload);
    begun.set(stream, parts);
    if (type === 'bundle' && parts.length === 1) {
      events.push({ what: `begins ${decodeBundleHead(payload).recordBytes}`, stream, bytes: '' });
    }
    if (more) continue;
    begun.delete(stream);
    events.push({ what: type, stream, bytes: Buffer.concat(parts).toString('hex') });
  }
  return events;
}
