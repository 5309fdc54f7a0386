import { bufferOver, ByteWriter } from '../../base/bytes.ts';
import { blake3 } from '../../base/hash.ts';
import { writeContent } from '../../model/content.ts';
import type { Entry } from '../../model/entry.ts';
import { listedEntry } from './listed-entry.ts';
import type { ListedEntry } from './listed-entry.ts';

/** Something whose name fits. */
export type FoundEntry = ListedEntry & {
  /** The same for the same path, kind, contents and time of change: 16 bytes as text. */
  readonly version: string;
};

export function foundEntry(entry: Entry): FoundEntry {
  const { path, kind, content, mtimeSec, mtimeNsec, target } = entry;
  const out = new ByteWriter();
  for (const bytes of [path, target]) {
    out.varint(bytes.length);
    out.bytes(bytes);
  }
  out.bytes(Buffer.from(`${kind} ${mtimeSec} ${mtimeNsec} `));
  writeContent(out, content);
  const version = bufferOver(blake3(out.peek())).toString('latin1', 0, 16);
  return { ...listedEntry(entry), version };
}
