import { Download, File, FileSymlink, Folder, FolderOpen, History, Workflow } from 'lucide';
import type { IconNode } from 'lucide';
import { useState } from 'preact/hooks';

import type { EntryKind, EntryLine } from '../../../../src/console/api/client-api.ts';
import type { Failure, Path } from '../../../../src/console/api/common.ts';
import { toFailure } from '../../shared/api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { EmptyState, Skeleton } from '../../shared/components/card.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { formatBytes, formatTime } from '../../shared/format.ts';
import { nameText, showName } from '../../shared/show-name.tsx';
import { fileUrl, snapshotFolder } from './api.ts';
import { snapshotsText } from './i18n/text.ts';
import { TallList } from './tall-list.tsx';
import { pathId } from './tree-path.ts';
import { useAsked } from './use-asked.ts';

const ICONS: Readonly<Record<EntryKind, IconNode>> = {
  file: File,
  folder: Folder,
  link: FileSymlink,
  fifo: Workflow,
  socket: Workflow,
  device: Workflow,
};
const COLUMNS = 'lg:grid-cols-[minmax(0,1fr)_6rem_10.5rem_5rem] lg:gap-x-6';
const PAGE = 100;
const ROW_PX = 56;

type Acts = {
  id: string;
  hrefOf: (path: Path) => string;
  onDetails: (entry: EntryLine) => void;
  onRestore: (entry: EntryLine) => void;
};

export function entryIcon(kind: EntryKind): IconNode {
  return ICONS[kind];
}

/** What is directly in a folder. Use another `key` for another folder. */
export function FolderEntries(props: Acts & { folder: Path }) {
  const text = snapshotsText.value;
  const { id, folder } = props;
  const first = useAsked(`folder ${id} ${pathId(folder)}`, (signal) =>
    snapshotFolder(id, folder, 0, PAGE, signal),
  );
  const [seen, setSeen] = useState(0);
  const [failure, setFailure] = useState<Failure | null>(null);
  const part = first.value;
  if (part === null) {
    return (
      <div class="p-4">
        {first.failure === null ? (
          <Skeleton lines={5} class="h-9" />
        ) : (
          <FailureAlert failure={first.failure} onRetry={first.retry} />
        )}
      </div>
    );
  }
  if (part.entries.length === 0) return <EmptyState icon={FolderOpen} title={text.emptyFolder} />;
  const load = async (offset: number, limit: number, signal: AbortSignal) => {
    if (offset === 0) return part.entries;
    const next = await snapshotFolder(id, folder, offset, limit, signal);
    setFailure(null);
    setSeen((most) => Math.max(most, offset + next.entries.length + (next.more ? 1 : 0)));
    return next.entries;
  };
  const total = part.total ?? Math.max(seen, part.entries.length + (part.more ? 1 : 0));
  return (
    <>
      <div
        class={`hidden min-h-11 items-center border-b border-line ps-5 pe-3 text-xs text-muted lg:grid ${COLUMNS}`}
        aria-hidden="true"
      >
        <span>{text.name}</span>
        <span class="text-end">{text.size}</span>
        <span>{text.changed}</span>
      </div>
      {failure !== null && <FailureAlert failure={failure} />}
      <TallList<EntryLine>
        label={text.contents}
        total={total}
        rowHeight={ROW_PX}
        aboveRem={24}
        load={load}
        version={part.total ?? 0}
        onFailure={(error) => setFailure(toFailure(error))}
        renderRow={(entry, index) => <EntryRow entry={entry} isFirst={index === 0} {...props} />}
      />
    </>
  );
}

function EntryRow({
  entry,
  isFirst,
  ...acts
}: Acts & { entry: EntryLine | null; isFirst: boolean }) {
  if (entry === null) {
    return (
      <div class="flex h-full items-center px-5">
        <Skeleton class="h-5" />
      </div>
    );
  }
  const isFolder = entry.kind === 'folder';
  return (
    <div
      class={`grid h-full grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 ps-5 pe-3 hover:bg-hover ${isFirst ? '' : 'border-t border-line'} ${COLUMNS}`}
    >
      <EntryName entry={entry} {...acts} />
      <span class="text-end text-sm text-muted max-lg:hidden">
        {isFolder ? '' : formatBytes(entry.bytes)}
      </span>
      <span class="truncate text-sm text-muted max-lg:hidden">{formatTime(entry.mtimeMs)}</span>
      <EntryActs entry={entry} {...acts} />
    </div>
  );
}

function EntryName({ entry, hrefOf, onDetails }: Acts & { entry: EntryLine }) {
  const text = snapshotsText.value;
  const isFolder = entry.kind === 'folder';
  const inside = (
    <>
      <Icon of={ICONS[entry.kind]} class={isFolder ? 'text-primary' : 'text-muted'} />
      <span class="min-w-0 flex-1 text-start">
        <span class={`block truncate ${isFolder ? 'font-semibold' : ''}`}>
          {showName(entry.name)}
        </span>
        <span class="block truncate text-xs text-muted lg:hidden">
          {isFolder ? text.folder : formatBytes(entry.bytes)} · {formatTime(entry.mtimeMs)}
        </span>
      </span>
    </>
  );
  const look = 'flex h-full min-w-0 items-center gap-3 rounded focus-visible:outline-offset-[-2px]';
  return isFolder ? (
    <a href={hrefOf(entry.path)} class={look}>
      {inside}
    </a>
  ) : (
    <button type="button" class={look} onClick={() => onDetails(entry)}>
      {inside}
    </button>
  );
}

function EntryActs({ entry, id, onRestore }: Acts & { entry: EntryLine }) {
  const text = snapshotsText.value;
  const name = nameText(entry.name);
  const isFile = entry.kind === 'file';
  return (
    <span class="flex justify-end">
      {isFile && (
        <Button
          look="quiet"
          icon={Download}
          label={text.downloadNamed(name)}
          href={fileUrl(id, entry.path)}
          download
        />
      )}
      <Button
        look="quiet"
        class={isFile ? 'max-sm:hidden' : ''}
        icon={History}
        label={text.restoreNamed(name)}
        onClick={() => onRestore(entry)}
      />
    </span>
  );
}
