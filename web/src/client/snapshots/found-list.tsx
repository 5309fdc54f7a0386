import { ChevronDown, ChevronRight, Download, FolderOpen, History } from 'lucide';
import { useMemo, useState } from 'preact/hooks';

import type { FoundLine } from '../../../../src/console/api/client-api.ts';
import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { formatBytes, formatTime } from '../../shared/format.ts';
import { PathLine, nameText, showName } from '../../shared/show-name.tsx';
import { keyText } from '../forms/set-choice.tsx';
import { fileUrl } from './api.ts';
import { formatDate } from './days.ts';
import { entryIcon } from './folder-entries.tsx';
import { snapshotsText } from './i18n/text.ts';
import { folderPlace } from './places.ts';
import { RestoreDialog } from './restore-dialog.tsx';
import { HereList } from './tall-list.tsx';
import { nameOf, parentOf } from './tree-path.ts';
import { useNarrow } from './use-narrow.ts';
import type { FoundGroup } from './use-search.ts';

type Row = {
  readonly line: FoundLine;
  /** Null for an older version, which stands below the newest. */
  readonly group: FoundGroup | null;
};

/** What was found, a row for each path; its older versions can be unfolded. */
export function FoundList({
  groups,
  showsSet,
}: {
  groups: readonly FoundGroup[];
  showsSet: boolean;
}) {
  const text = snapshotsText.value;
  const isNarrow = useNarrow('lg');
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [restoring, setRestoring] = useState<FoundLine | null>(null);
  const rows = useMemo(() => rowsOf(groups, open), [groups, open]);
  const toggle = (id: string) => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  return (
    <Card flush>
      <div class="-mt-2 overflow-hidden rounded-xl">
        <HereList
          label={text.results}
          rows={rows}
          rowHeight={isNarrow ? 84 : 64}
          aboveRem={22}
          renderRow={(row, index) => (
            <FoundRow
              row={row}
              isFirst={index === 0}
              showsSet={showsSet}
              isOpen={row.group !== null && open.has(row.group.id)}
              onToggle={toggle}
              onRestore={setRestoring}
            />
          )}
        />
      </div>
      {restoring !== null && (
        <RestoreDialog
          id={restoring.snapshot}
          timeMs={restoring.newestMs}
          subtree={restoring.path}
          onClose={() => setRestoring(null)}
        />
      )}
    </Card>
  );
}

function rowsOf(groups: readonly FoundGroup[], open: ReadonlySet<string>): Row[] {
  return groups.flatMap((group) => {
    const [newest, ...older] = group.versions;
    if (newest === undefined) return [];
    const first: Row = { line: newest, group };
    return open.has(group.id) ? [first, ...older.map((line) => ({ line, group: null }))] : [first];
  });
}

function FoundRow(props: {
  row: Row;
  isFirst: boolean;
  showsSet: boolean;
  isOpen: boolean;
  onToggle: (id: string) => void;
  onRestore: (line: FoundLine) => void;
}) {
  const { line, group } = props.row;
  const text = snapshotsText.value;
  const hasMore = group !== null && group.versions.length > 1;
  const versions = hasMore ? text.versionCount(group.versions.length) : '';
  return (
    <div
      class={`flex h-full items-center gap-2 ps-2 pe-3 hover:bg-hover ${props.isFirst ? '' : 'border-t border-line'} ${group === null ? 'bg-base-200' : ''}`}
    >
      <span class="w-10 shrink-0">
        {hasMore && (
          <button
            type="button"
            class="btn btn-quiet btn-square"
            aria-expanded={props.isOpen}
            aria-label={text.showVersions(nameText(line.path))}
            onClick={() => props.onToggle(group.id)}
          >
            <Icon of={props.isOpen ? ChevronDown : ChevronRight} />
          </button>
        )}
      </span>
      <a
        href={placeOf(line)}
        class="flex h-full min-w-0 flex-1 items-center gap-3 rounded focus-visible:outline-offset-[-2px]"
      >
        {group === null ? (
          <span class="w-4.5 shrink-0 max-sm:hidden" />
        ) : (
          <Icon of={entryIcon(line.kind)} class="text-muted max-sm:hidden" />
        )}
        <span class="min-w-0 flex-1">
          {group !== null && <PathLine path={line.path} class="font-semibold" />}
          <Version line={line} set={props.showsSet && group !== null ? keyText(line.key) : null} />
        </span>
      </a>
      <span class="me-2 shrink-0 text-xs text-muted max-sm:hidden">{versions}</span>
      <FoundActs line={line} onRestore={props.onRestore} />
    </div>
  );
}

/** How large, when it was changed, and in which snapshots it is: in one line, or in two where there is little room. */
function Version({ line, set }: { line: FoundLine; set: string | null }) {
  const text = snapshotsText.value;
  return (
    <span class="block truncate text-xs text-muted">
      <span class="max-lg:block max-lg:truncate">
        {line.kind === 'file' && <>{formatBytes(line.bytes)} · </>}
        <span class="max-sm:hidden">{text.changedAt(formatTime(line.mtimeMs))}</span>
        <span class="sm:hidden">{formatTime(line.mtimeMs)}</span>
      </span>
      <span class="max-lg:hidden"> · </span>
      <span class="max-lg:block max-lg:truncate">
        {line.newestMs === line.oldestMs
          ? text.keptIn(formatTime(line.newestMs))
          : text.keptBetween(formatDate(line.oldestMs), formatDate(line.newestMs))}
        {set !== null && <> · {showName(set)}</>}
      </span>
    </span>
  );
}

/** A folder itself; of anything else its details, in its folder. */
function placeOf({ snapshot, key, path, kind }: FoundLine): string {
  return kind === 'folder'
    ? folderPlace(snapshot, key, path)
    : folderPlace(snapshot, key, parentOf(path), nameOf(path));
}

function FoundActs({ line, onRestore }: { line: FoundLine; onRestore: (line: FoundLine) => void }) {
  const text = snapshotsText.value;
  const name = `${nameText(nameOf(line.path))}, ${formatTime(line.newestMs)}`;
  return (
    <span class="flex shrink-0">
      {line.kind === 'file' && (
        <Button
          look="quiet"
          icon={Download}
          label={text.downloadNamed(name)}
          href={fileUrl(line.snapshot, line.path)}
          download
        />
      )}
      <Button
        look="quiet"
        class="max-sm:hidden"
        icon={History}
        label={text.restoreNamed(name)}
        onClick={() => onRestore(line)}
      />
      <Button
        look="quiet"
        class="max-sm:hidden"
        icon={FolderOpen}
        label={text.openFolderOf(name)}
        href={folderPlace(
          line.snapshot,
          line.key,
          line.kind === 'folder' ? line.path : parentOf(line.path),
        )}
      />
    </span>
  );
}
