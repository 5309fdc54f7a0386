import { Download, History } from 'lucide';
import type { ComponentChildren } from 'preact';

import type { EntryLine } from '../../../../src/console/api/client-api.ts';
import type { Path, SnapshotLine } from '../../../../src/console/api/common.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Skeleton } from '../../shared/components/card.tsx';
import { Dialog } from '../../shared/components/dialog.tsx';
import { formatBytes, formatCount, formatTime } from '../../shared/format.ts';
import { showName } from '../../shared/show-name.tsx';
import { entryNamed, fileUrl } from './api.ts';
import { snapshotsText } from './i18n/text.ts';
import { findPlace } from './places.ts';
import { isSamePath, pathId } from './tree-path.ts';
import { useAsked } from './use-asked.ts';

/** All that is known of a file in a snapshot, and what can be done with it. */
export function EntryDialog(props: {
  snapshot: SnapshotLine;
  folder: Path;
  name: Path;
  /** Where the page has it already. */
  known: EntryLine | null;
  onRestore: (entry: EntryLine) => void;
  onClose: () => void;
}) {
  const text = snapshotsText.value;
  const { snapshot, folder, name, known } = props;
  const asked = useAsked(
    known === null ? `entry ${snapshot.id} ${pathId(folder)} ${pathId(name)}` : null,
    (signal) => entryNamed(snapshot.id, folder, (one) => isSamePath(one.name, name), signal),
  );
  const entry = known ?? asked.value;
  return (
    <Dialog
      title={showName(name)}
      onClose={props.onClose}
      footer={
        entry !== null && (
          <>
            <Button icon={History} onClick={() => props.onRestore(entry)}>
              {text.restore}
            </Button>
            {entry.kind === 'file' && (
              <Button
                look="primary"
                icon={Download}
                href={fileUrl(snapshot.id, entry.path)}
                download
              >
                {text.download}
              </Button>
            )}
          </>
        )
      }
    >
      {asked.failure !== null && <FailureAlert failure={asked.failure} onRetry={asked.retry} />}
      {entry === null && asked.failure === null && <Skeleton lines={6} />}
      {entry !== null && <EntryFacts entry={entry} snapshot={snapshot} />}
    </Dialog>
  );
}

function EntryFacts({ entry, snapshot }: { entry: EntryLine; snapshot: SnapshotLine }) {
  const text = snapshotsText.value;
  return (
    <>
      <dl class="grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-6 gap-y-3 text-sm">
        <Fact label={text.whole}>{showName(entry.path)}</Fact>
        <Fact label={text.kind}>{text.kinds[entry.kind]}</Fact>
        {entry.kind === 'file' && (
          <Fact label={text.size}>
            {formatBytes(entry.bytes)}
            {entry.bytes >= 1024 && <span class="text-muted"> ({formatCount(entry.bytes)} B)</span>}
          </Fact>
        )}
        {entry.target !== null && <Fact label={text.target}>{showName(entry.target)}</Fact>}
        <Fact label={text.changed}>{formatTime(entry.mtimeMs)}</Fact>
        <Fact label={text.permissions}>
          <span class="font-mono">{modeText(entry.mode)}</span>
        </Fact>
        <Fact label={text.inSnapshot}>{formatTime(snapshot.timeMs)}</Fact>
      </dl>
      <p class="mt-5">
        <a class="link text-sm" href={findPlace(entry.name.path, snapshot.key)}>
          {text.versions}
        </a>
      </p>
    </>
  );
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <>
      <dt class="text-muted">{label}</dt>
      <dd class="min-w-0">{children}</dd>
    </>
  );
}

/** `rw-r--r-- (644)` */
function modeText(mode: number): string {
  const letters = Array.from('rwxrwxrwx').map((letter, at) =>
    (mode >> (8 - at)) & 1 ? letter : '-',
  );
  return `${letters.join('')} (${(mode & 0o7777).toString(8).padStart(3, '0')})`;
}
