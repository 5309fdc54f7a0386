import type { Clock } from '../base/clock.ts';
import { RbError, systemCodeOf } from '../base/errors.ts';
import { escapeName } from '../base/names.ts';
import type { Fd, Posix } from '../posix/posix.ts';
import type { Stat } from '../posix/stat.ts';
import { ChunkSender } from './chunk-sender.ts';
import { ContentReader } from './content-reader.ts';
import { EntryMaker } from './entry-maker.ts';
import { EntrySink } from './entry-sink.ts';
import { Excludes } from './excludes.ts';
import { LeafReader } from './leaf-reader.ts';
import { OldMerge } from './old-merge.ts';
import { OldTree } from './old-tree.ts';
import type { Outlet } from './outlet.ts';
import type { ScanRequest, ScanTotals } from './protocol.ts';
import { ReadAhead } from './read-ahead.ts';
import { ScanReport } from './scan-report.ts';
import { StateWriter } from './state-writer.ts';
import { TreeWalk } from './tree-walk.ts';
import { TreeWriter } from './tree-writer.ts';

const BUNDLE_BYTES = 1024 * 1024;

const SLASH = 0x2f;
const FILE_ROOT_MODE = 0o755;

export type ScanMeans = { readonly posix: Posix; readonly clock: Clock; readonly outlet: Outlet };

/** Where a walk begins. `only` is the one name that counts when a file is scanned. */
type Root = { readonly fd: Fd; readonly stat: Stat; readonly only: Uint8Array | null };

/**
 * Scans a folder or file in this thread: everything but the last event, which is for the caller to send.
 * The next state is whole when this returns.
 * @throws RbError as ScanFailed says
 */
export function scanTree(request: ScanRequest, means: ScanMeans): ScanTotals {
  const { posix } = means;
  const root = openTheRoot(posix, request);
  let old: OldTree | null = null;
  let state: StateWriter | null = null;
  try {
    old = new OldTree(request.statePath);
    state = new StateWriter(request.nextStatePath);
    return scanFrom(root, request, means, old, state);
  } finally {
    state?.close();
    old?.close();
    posix.close(root.fd);
  }
}

function scanFrom(
  root: Root,
  request: ScanRequest,
  means: ScanMeans,
  old: OldTree,
  state: StateWriter,
): ScanTotals {
  const { posix, clock, outlet } = means;
  const forget = request.forget ?? false;
  const sender = new ChunkSender(outlet, request.bundleBytes ?? BUNDLE_BYTES);
  const writer = new TreeWriter(old, sender, state, !forget);
  const report = new ScanReport(outlet, clock, writer, sender, request.listFiles);
  const ahead = new ReadAhead(posix, clock);
  const timed: Posix = { ...posix, read: (fd, into, at) => ahead.read(fd, into, at) };
  const contents = new ContentReader(timed, sender, (path, fileBytes, total) =>
    report.reading(path, fileBytes, total),
  );
  const merge = new OldMerge(old, writer, report, request.keepDeleted, forget);
  const entries = new EntryMaker(posix, root.stat.dev);
  const walk = new TreeWalk(
    {
      posix,
      report,
      old: merge,
      sink: new EntrySink({ clock, old: merge, writer, entries, report }),
      leaves: new LeafReader(posix, contents),
      ahead,
      excludes: new Excludes(root.only === null ? request.exclude : []),
      isFlat: request.what === 'flat',
    },
    root.fd,
  );
  const only = root.only === null ? null : { name: root.only, stat: root.stat };
  atRoot(request.root, () => walk.root(only));
  writer.finish();
  state.finish();
  report.finish();
  const { files, dirs, bytes } = writer;
  const { changed, deleted, skipped } = report;
  outlet.emit({ t: 'total', files, bytes, final: true });
  return { files, dirs, bytes, changed, deleted, skipped };
}

function openTheRoot(posix: Posix, { root, what }: ScanRequest): Root {
  return atRoot(root, () => {
    if (what !== 'file') {
      const fd = posix.openRoot(root);
      return { fd, stat: posix.fstat(fd), only: null };
    }
    const slash = root.lastIndexOf(SLASH);
    const fd = posix.openRoot(root.subarray(0, Math.max(1, slash)));
    const only = root.slice(slash + 1);
    const stat = posix.lstatAt(fd, only);
    return { fd, stat: { ...stat, kind: 'dir', mode: FILE_ROOT_MODE }, only };
  });
}

/** What goes wrong with the root itself ends the scan. */
function atRoot<T>(root: Uint8Array, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code === undefined || code.startsWith('ERR_')) throw cause;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    const why = isMissing
      ? 'does not exist, or is not what it was taken for'
      : `could not be read (${code})`;
    const message = `'${escapeName(root)}' ${why}; nothing was backed up.`;
    throw new RbError(isMissing ? 'not-found' : 'unreadable', message, { cause });
  }
}
