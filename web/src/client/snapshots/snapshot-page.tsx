import { GitCompareArrows, History } from 'lucide';
import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';

import type { EntryLine } from '../../../../src/console/api/client-api.ts';
import type { Path, SetKey } from '../../../../src/console/api/common.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, Skeleton } from '../../shared/components/card.tsx';
import { formatTime } from '../../shared/format.ts';
import { Page } from '../../shared/shell/page.tsx';
import { EntryDialog } from './entry-dialog.tsx';
import { FolderEntries } from './folder-entries.tsx';
import { snapshotsText } from './i18n/text.ts';
import { SNAPSHOTS, comparePlace, folderPlace, setPlace } from './places.ts';
import { RestoreDialog } from './restore-dialog.tsx';
import { Facts, Neighbours } from './snapshot-facts.tsx';
import { TreeCrumbs } from './tree-crumbs.tsx';
import { isRoot, isSamePath, pathFromQuery, pathId } from './tree-path.ts';
import { useSnapshot } from './use-history.ts';

/** What is to be restored; null: all of it. */
type Restoring = { readonly subtree: Path | null };

/** The folders and files of a snapshot. */
export function SnapshotPage({ id, set }: { id: string; set: SetKey | null }) {
  const text = snapshotsText.value;
  const { query, route, back } = useLocation();
  const { value: snapshot, failure, retry, older, newer } = useSnapshot(id, set);
  const [restoring, setRestoring] = useState<Restoring | null>(null);
  const folder = pathFromQuery(query['path'], query['pathBytes']);
  const hasEntry = query['entry'] !== undefined || query['entryBytes'] !== undefined;
  const entry = hasEntry ? pathFromQuery(query['entry'], query['entryBytes']) : null;
  const [opened, setOpened] = useState<EntryLine | null>(null);
  const key = snapshot?.key ?? set;
  const isMissing = failure !== null && snapshot === null;
  const known = entry !== null && opened !== null && isSamePath(opened.name, entry) ? opened : null;
  // Back to where it was opened from; a page that was loaded like this has nothing behind it.
  const closeEntry = () => {
    if (known === null) route(folderPlace(id, key, folder), true);
    else back();
    setOpened(null);
  };
  return (
    <Page
      title={snapshot === null ? text.title : text.snapshotOf(formatTime(snapshot.timeMs))}
      heading={
        snapshot !== null ? (
          formatTime(snapshot.timeMs)
        ) : isMissing ? (
          text.title
        ) : (
          <Skeleton class="h-7 max-w-64" />
        )
      }
      lead={
        isMissing ? undefined : snapshot === null ? (
          <Skeleton class="h-5 max-w-96" />
        ) : (
          <Facts snapshot={snapshot} isNewest={newer === null} />
        )
      }
      back={
        key === null
          ? { href: SNAPSHOTS, label: text.title }
          : { href: setPlace(key), label: `${key.user}@${key.host}:${key.set}` }
      }
      actions={
        snapshot !== null && (
          <>
            {older !== null && (
              <Button
                icon={GitCompareArrows}
                href={comparePlace(snapshot.key, { before: older.id, after: snapshot.id })}
              >
                {text.compare}
              </Button>
            )}
            <Button look="primary" icon={History} onClick={() => setRestoring({ subtree: null })}>
              {text.restoreAll}
            </Button>
          </>
        )
      }
    >
      {isMissing && <FailureAlert failure={failure} onRetry={retry} />}
      {!isMissing && (
        <Card flush class="overflow-hidden">
          <div class="flex items-center justify-between gap-x-4 border-b border-line px-3 pb-2">
            <TreeCrumbs path={folder} hrefOf={(path) => folderPlace(id, key, path)} />
            <span class="flex shrink-0 self-start">
              {!isRoot(folder) && (
                <Button
                  look="quiet"
                  size="small"
                  icon={History}
                  onClick={() => setRestoring({ subtree: folder })}
                >
                  <span class="max-lg:sr-only">{text.restoreFolder}</span>
                </Button>
              )}
              <Neighbours older={older} newer={newer} folder={folder} />
            </span>
          </div>
          <FolderEntries
            key={`${id} ${pathId(folder)}`}
            id={id}
            folder={folder}
            hrefOf={(path) => folderPlace(id, key, path)}
            onDetails={(line) => {
              setOpened(line);
              route(folderPlace(id, key, folder, line.name));
            }}
            onRestore={(line) => setRestoring({ subtree: line.path })}
          />
        </Card>
      )}
      {entry !== null && snapshot !== null && (
        <EntryDialog
          key={pathId(entry)}
          snapshot={snapshot}
          folder={folder}
          name={entry}
          known={known}
          onRestore={(line) => {
            closeEntry();
            setRestoring({ subtree: line.path });
          }}
          onClose={closeEntry}
        />
      )}
      {restoring !== null && snapshot !== null && (
        <RestoreDialog
          id={snapshot.id}
          timeMs={snapshot.timeMs}
          subtree={restoring.subtree}
          onClose={() => setRestoring(null)}
        />
      )}
    </Page>
  );
}
