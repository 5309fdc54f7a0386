import { ArrowRight, FilePen, FileMinus, FilePlus, SlidersHorizontal } from 'lucide';
import type { IconNode } from 'lucide';
import { useId, useMemo, useState } from 'preact/hooks';

import type { ChangeLine, SnapshotDiff } from '../../../../src/console/api/client-api.ts';
import type { Failure, SnapshotLine } from '../../../../src/console/api/common.ts';
import { toFailure } from '../../shared/api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Skeleton } from '../../shared/components/card.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { formatBytes, formatCount } from '../../shared/format.ts';
import { PathLine } from '../../shared/show-name.tsx';
import { snapshotDiff } from './api.ts';
import { FIRST_CHANGES, FilteredChanges } from './filtered-changes.ts';
import { snapshotsText } from './i18n/text.ts';
import { folderPlace } from './places.ts';
import { TallList } from './tall-list.tsx';
import { sign } from './time-line.tsx';
import { nameOf, parentOf } from './tree-path.ts';

const KINDS = ['added', 'removed', 'changed', 'metadata'] as const;
export type ChangeKind = 'all' | (typeof KINDS)[number];

const LOOKS: Readonly<Record<ChangeLine['change'], { icon: IconNode; ink: string }>> = {
  added: { icon: FilePlus, ink: 'text-success' },
  removed: { icon: FileMinus, ink: 'text-error' },
  changed: { icon: FilePen, ink: 'text-info' },
  metadata: { icon: SlidersHorizontal, ink: 'text-muted' },
};
const COLUMNS = 'sm:grid-cols-[minmax(0,1fr)_13rem_6.5rem]';

export function isChangeKind(text: string | undefined): text is ChangeKind {
  return text === 'all' || KINDS.some((kind) => kind === text);
}

function countOf(counts: SnapshotDiff, show: ChangeKind): number {
  return show === 'all'
    ? counts.added + counts.removed + counts.changed + counts.metadata
    : counts[show];
}

/** How many of each kind, and which of them to list. */
export function ChangeFilter(props: {
  counts: SnapshotDiff;
  show: ChangeKind;
  onShow: (show: ChangeKind) => void;
}) {
  const text = snapshotsText.value;
  const name = useId();
  return (
    <div role="radiogroup" aria-label={text.filterChanges} class="flex flex-wrap gap-1.5">
      {(['all', ...KINDS] as const).map((kind) => (
        <label
          key={kind}
          class="flex min-h-9 cursor-pointer items-center gap-1.5 rounded-lg border border-line px-3 text-sm hover:bg-hover has-checked:border-primary has-checked:bg-good-soft has-focus-visible:outline-2 has-focus-visible:outline-primary max-side:min-h-10"
        >
          <input
            type="radio"
            class="sr-only"
            name={name}
            checked={kind === props.show}
            onChange={() => props.onShow(kind)}
          />
          {kind !== 'all' && <Icon of={LOOKS[kind].icon} size={16} class={LOOKS[kind].ink} />}
          {text.changeKinds[kind]}
          <span class="font-semibold">{formatCount(countOf(props.counts, kind))}</span>
        </label>
      ))}
    </div>
  );
}

/** What is different, in walking order. */
export function ChangeList(props: {
  /** The first changes, and how many there are. */
  first: SnapshotDiff;
  before: SnapshotLine;
  after: SnapshotLine;
  show: ChangeKind;
}) {
  const text = snapshotsText.value;
  const { first, before, after, show } = props;
  const [failure, setFailure] = useState<Failure | null>(null);
  const load = useMemo(() => {
    const ask = (offset: number, limit: number, signal: AbortSignal) =>
      snapshotDiff(before.id, after.id, offset, limit, signal);
    if (show !== 'all') {
      const filtered = new FilteredChanges(ask, show);
      return (offset: number, limit: number, signal: AbortSignal) =>
        filtered.rows(offset, limit, signal);
    }
    return async (offset: number, limit: number, signal: AbortSignal) =>
      offset === 0 && limit <= FIRST_CHANGES
        ? first.changes
        : (await ask(offset, limit, signal)).changes;
  }, [before.id, after.id, show, first]);
  const total = countOf(first, show);
  if (total === 0) return <p class="px-5 py-6 text-sm text-muted">{text.noneOfKind}</p>;
  return (
    <>
      {failure !== null && <FailureAlert failure={failure} />}
      <TallList<ChangeLine>
        key={show}
        label={text.changes}
        total={total}
        rowHeight={56}
        aboveRem={25}
        load={load}
        onFailure={(error) => setFailure(toFailure(error))}
        renderRow={(line, index) => (
          <ChangeRow line={line} isFirst={index === 0} before={before} after={after} />
        )}
      />
    </>
  );
}

function ChangeRow(props: {
  line: ChangeLine | null;
  isFirst: boolean;
  before: SnapshotLine;
  after: SnapshotLine;
}) {
  const text = snapshotsText.value;
  const { line, isFirst } = props;
  if (line === null) {
    return (
      <div class="flex h-full items-center px-5">
        <Skeleton class="h-5" />
      </div>
    );
  }
  const { icon, ink } = LOOKS[line.change];
  const where = line.change === 'removed' ? props.before : props.after;
  const place =
    line.kind === 'folder'
      ? folderPlace(where.id, where.key, line.path)
      : folderPlace(where.id, where.key, parentOf(line.path), nameOf(line.path));
  return (
    <a
      href={place}
      class={`grid h-full grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 px-5 ${isFirst ? '' : 'border-t border-line'} hover:bg-hover focus-visible:outline-offset-[-2px] ${COLUMNS}`}
    >
      <span class="flex min-w-0 items-center gap-3">
        <Icon of={icon} class={ink} />
        <span class="min-w-0 flex-1">
          <PathLine path={line.path} class="text-sm" />
          <span class={`block text-xs ${ink}`}>{text.changeWords[line.change]}</span>
        </span>
      </span>
      <Sizes line={line} />
      <span class="text-end text-xs text-muted">{growth(line)}</span>
    </a>
  );
}

function Sizes({ line }: { line: ChangeLine }) {
  const { bytesBefore, bytesAfter } = line;
  if (line.kind === 'folder') return <span class="max-sm:hidden" />;
  return (
    <span class="flex items-center justify-end gap-1.5 text-xs text-muted max-sm:hidden">
      {bytesBefore !== null && <span>{formatBytes(bytesBefore)}</span>}
      {bytesBefore !== null && bytesAfter !== null && <Icon of={ArrowRight} size={14} />}
      {bytesAfter !== null && <span class="text-base-content">{formatBytes(bytesAfter)}</span>}
    </span>
  );
}

function growth({ bytesBefore, bytesAfter, kind }: ChangeLine): string {
  const difference = (bytesAfter ?? 0) - (bytesBefore ?? 0);
  if (kind === 'folder' || difference === 0) return '';
  return `${sign(difference)}${formatBytes(Math.abs(difference))}`;
}
