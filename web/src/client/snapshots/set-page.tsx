import { CalendarX, GitCompareArrows, X } from 'lucide';
import { useLocation } from 'preact-iso';
import { useMemo } from 'preact/hooks';

import type { SetKey, SnapshotLine } from '../../../../src/console/api/common.ts';
import { nowMs } from '../../shared/clock.ts';
import { Alert, FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, EmptyState, Skeleton } from '../../shared/components/card.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { nameText, showName } from '../../shared/show-name.tsx';
import { Calendar } from './calendar.tsx';
import type { DaySum } from './calendar.tsx';
import { dayOf, formatDay, isDay, isMonth, monthOf } from './days.ts';
import { snapshotsText } from './i18n/text.ts';
import { SNAPSHOTS, comparePlace, setPlace } from './places.ts';
import { SearchBox } from './search-box.tsx';
import { TimeLine } from './time-line.tsx';
import { useHistory } from './use-history.ts';

/** The snapshots of a set: a calendar beside a time line. */
export function SetPage({ set }: { set: SetKey }) {
  const text = snapshotsText.value;
  const { query, route } = useLocation();
  const { value, failure, retry } = useHistory(set);
  const sums = useMemo(() => sumByDay(value?.snapshots ?? []), [value]);
  const snapshots = value?.snapshots ?? [];
  const day = isDay(query['day']) ? query['day'] : null;
  const newest = snapshots[0]?.timeMs ?? nowMs.peek();
  const month = isMonth(query['month']) ? query['month'] : monthOf(day ?? dayOf(newest));
  return (
    <Page
      title={nameText(set.set)}
      heading={showName(set.set)}
      lead={
        <>
          {showName(`${set.user}@${set.host}`)}
          {value !== null && (
            <>
              {' '}
              · {value.more ? text.newestOnly(snapshots.length) : text.snapshots(snapshots.length)}
            </>
          )}
        </>
      }
      back={{ href: SNAPSHOTS, label: text.title }}
      actions={
        snapshots.length > 1 && (
          <Button icon={GitCompareArrows} href={comparePlace(set)}>
            {text.compareTwo}
          </Button>
        )
      }
    >
      <SearchBox text="" scope={set} />
      {failure !== null && <FailureAlert failure={failure} onRetry={retry} />}
      {value === null && failure === null && <Skeleton lines={4} class="h-19" />}
      {value?.snapshots.length === 0 && (
        <Card>
          <EmptyState icon={CalendarX} title={text.noSets} text={text.noSetsText} />
        </Card>
      )}
      {snapshots.length > 0 && (
        <div class="grid items-start gap-4 lg:grid-cols-[18.5rem_minmax(0,1fr)]">
          <Card>
            <Calendar
              sums={sums}
              month={month}
              chosen={day}
              onMonth={(to) => route(setPlace(set, { month: to, day: day ?? undefined }), true)}
              onDay={(to) =>
                route(setPlace(set, { month: monthOf(to), day: to === day ? undefined : to }))
              }
            />
          </Card>
          <DayCard
            snapshots={snapshots}
            day={day}
            onAll={() => route(setPlace(set, { month }))}
            isCut={value?.more === true}
          />
        </div>
      )}
    </Page>
  );
}

function DayCard(props: {
  snapshots: readonly SnapshotLine[];
  day: string | null;
  onAll: () => void;
  isCut: boolean;
}) {
  const text = snapshotsText.value;
  const { snapshots, day } = props;
  return (
    <Card
      flush
      class="overflow-hidden"
      title={day === null ? text.timeLine : text.timeLineOf(formatDay(day))}
      aside={
        day !== null && (
          <Button size="small" look="quiet" icon={X} onClick={props.onAll}>
            {text.allDays}
          </Button>
        )
      }
    >
      <TimeLine snapshots={snapshots} isCut={props.isCut} day={day} />
      {props.isCut && (
        <Alert tone="info" class="m-4">
          {text.moreSnapshots(snapshots.length)}
        </Alert>
      )}
    </Card>
  );
}

function sumByDay(snapshots: readonly SnapshotLine[]): ReadonlyMap<string, DaySum> {
  const sums = new Map<string, DaySum>();
  for (const { timeMs, bytes } of snapshots) {
    const day = dayOf(timeMs);
    const sum = sums.get(day);
    // Newest first: the first of a day is what the day ended with.
    sums.set(day, sum === undefined ? { count: 1, bytes } : { ...sum, count: sum.count + 1 });
  }
  return sums;
}
