import { ArrowLeftRight, CalendarClock, Equal, GitCompareArrows } from 'lucide';
import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';

import type { SetKey, SnapshotLine } from '../../../../src/console/api/common.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, EmptyState, Skeleton } from '../../shared/components/card.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { formatBytes, formatTime } from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { Page } from '../../shared/shell/page.tsx';
import { showName } from '../../shared/show-name.tsx';
import { keyText } from '../forms/set-choice.tsx';
import { snapshotDiff } from './api.ts';
import { ChangeFilter, ChangeList, isChangeKind } from './change-list.tsx';
import type { ChangeKind } from './change-list.tsx';
import { FIRST_CHANGES } from './filtered-changes.ts';
import { snapshotsText } from './i18n/text.ts';
import { comparePlace, setPlace } from './places.ts';
import { SnapshotPicker } from './snapshot-picker.tsx';
import { useAsked } from './use-asked.ts';
import { useHistory } from './use-history.ts';

/** What is different between two snapshots of a set. */
export function ComparePage({ set }: { set: SetKey }) {
  const text = snapshotsText.value;
  const { query, route } = useLocation();
  const { value, failure, retry } = useHistory(set);
  const snapshots = value?.snapshots ?? [];
  const after = snapshots.find(({ id }) => id === query['after']) ?? snapshots[0] ?? null;
  const before =
    snapshots.find(({ id }) => id === query['before']) ??
    snapshots.find(({ id }) => id !== after?.id) ??
    null;
  const show = isChangeKind(query['show']) ? query['show'] : 'all';
  const go = (one: SnapshotLine | null, other: SnapshotLine | null, kind: ChangeKind) =>
    route(comparePlace(set, { before: one?.id, after: other?.id, show: kind }), true);
  return (
    <Page
      title={text.compareTitle}
      lead={text.compareLead}
      back={{ href: setPlace(set), label: keyText(set) }}
    >
      {failure !== null && <FailureAlert failure={failure} onRetry={retry} />}
      {value === null && failure === null && <Skeleton lines={2} class="h-20" />}
      {value !== null && (before === null || after === null) && (
        <Card>
          <EmptyState
            icon={GitCompareArrows}
            title={text.needTwo}
            text={text.needTwoText}
            action={<Button href={setPlace(set)}>{showName(set.set)}</Button>}
          />
        </Card>
      )}
      {before !== null && after !== null && (
        <>
          <div class="grid items-center gap-2 lg:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] lg:gap-3">
            <Side
              label={text.before}
              snapshot={before}
              all={snapshots}
              onPick={(picked) => go(picked, after, show)}
            />
            <span class="flex justify-center">
              <Button
                look="quiet"
                class="max-lg:rotate-90"
                icon={ArrowLeftRight}
                label={text.swap}
                onClick={() => go(after, before, show)}
              />
            </span>
            <Side
              label={text.after}
              snapshot={after}
              all={snapshots}
              onPick={(picked) => go(before, picked, show)}
            />
          </div>
          <Differences
            key={`${before.id} ${after.id}`}
            before={before}
            after={after}
            show={show}
            onShow={(kind) => go(before, after, kind)}
          />
        </>
      )}
    </Page>
  );
}

function Side(props: {
  label: string;
  snapshot: SnapshotLine;
  all: readonly SnapshotLine[];
  onPick: (snapshot: SnapshotLine) => void;
}) {
  const text = snapshotsText.value;
  const { label, snapshot } = props;
  const [isPicking, setPicking] = useState(false);
  return (
    <Card>
      <div class="-my-1.5 flex items-center gap-3">
        <Icon of={CalendarClock} size={20} class="text-primary" />
        <div class="min-w-0 flex-1">
          <h2 class="text-2xs font-medium text-muted">{label}</h2>
          <p class="truncate font-semibold">{formatTime(snapshot.timeMs)}</p>
          <p class="truncate text-xs text-muted">
            {sharedText.value.files(snapshot.files)} · {formatBytes(snapshot.bytes)}
          </p>
        </div>
        <Button size="small" onClick={() => setPicking(true)}>
          {text.change}
          <span class="sr-only">: {label}</span>
        </Button>
      </div>
      {isPicking && (
        <SnapshotPicker
          title={`${text.pick}: ${label}`}
          snapshots={props.all}
          chosen={snapshot.id}
          onClose={() => setPicking(false)}
          onPick={(picked) => {
            setPicking(false);
            props.onPick(picked);
          }}
        />
      )}
    </Card>
  );
}

function Differences(props: {
  before: SnapshotLine;
  after: SnapshotLine;
  show: ChangeKind;
  onShow: (show: ChangeKind) => void;
}) {
  const text = snapshotsText.value;
  const { before, after, show } = props;
  const { value, failure, retry } = useAsked(`diff ${before.id} ${after.id}`, (signal) =>
    snapshotDiff(before.id, after.id, 0, FIRST_CHANGES, signal),
  );
  if (failure !== null) return <FailureAlert failure={failure} onRetry={retry} />;
  if (value === null) {
    return (
      <Card>
        <p role="status" class="mb-3 text-sm text-muted">
          {text.comparing}
        </p>
        <Skeleton lines={5} class="h-9" />
      </Card>
    );
  }
  if (value.added + value.removed + value.changed + value.metadata === 0) {
    return (
      <Card>
        <EmptyState icon={Equal} title={text.noDifference} text={text.noDifferenceText} />
      </Card>
    );
  }
  return (
    <Card flush class="overflow-hidden">
      <div class="border-b border-line px-4 pt-1 pb-3">
        <ChangeFilter counts={value} show={show} onShow={props.onShow} />
      </div>
      <ChangeList first={value} before={before} after={after} show={show} />
    </Card>
  );
}
