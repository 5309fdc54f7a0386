import { CircleCheck, CircleDashed, GitCompareArrows, TriangleAlert } from 'lucide';
import { useMemo } from 'preact/hooks';

import type { KeptCopy, SnapshotLine } from '../../../../src/console/api/common.ts';
import { Button } from '../../shared/components/button.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { formatBytes, formatList, formatTime } from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { nameText } from '../../shared/show-name.tsx';
import { dayOf, formatClock, formatDate } from './days.ts';
import { snapshotsText } from './i18n/text.ts';
import { comparePlace, folderPlace } from './places.ts';
import { HereList } from './tall-list.tsx';
import { useNarrow } from './use-narrow.ts';

/** A snapshot, and the one before it if that is known. */
export type Moment = {
  readonly snapshot: SnapshotLine;
  readonly before: SnapshotLine | null;
  readonly isNewest: boolean;
  /** There is none before it. */
  readonly isOldest: boolean;
};

/** Newest first, as the list is. `isCut`: there are older ones that are not listed. */
export function momentsOf(snapshots: readonly SnapshotLine[], isCut: boolean): Moment[] {
  return snapshots.map((snapshot, index) => ({
    snapshot,
    before: snapshots[index + 1] ?? null,
    isNewest: index === 0,
    isOldest: index === snapshots.length - 1 && !isCut,
  }));
}

/** The snapshots of a set, or those of one day, with what became different. */
export function TimeLine(props: {
  snapshots: readonly SnapshotLine[];
  isCut: boolean;
  day: string | null;
}) {
  const text = snapshotsText.value;
  const isNarrow = useNarrow('sm');
  const { snapshots, isCut, day } = props;
  const moments = useMemo(() => {
    const all = momentsOf(snapshots, isCut);
    return day === null ? all : all.filter(({ snapshot }) => dayOf(snapshot.timeMs) === day);
  }, [snapshots, isCut, day]);
  if (moments.length === 0) {
    return <p class="px-5 pt-2 pb-6 text-sm text-muted">{text.noneThatDay}</p>;
  }
  return (
    <div>
      <HereList
        key={day}
        label={text.timeLine}
        rows={moments}
        rowHeight={isNarrow ? 88 : 72}
        aboveRem={isCut ? 24 : 19}
        renderRow={(moment, index) => (
          <MomentRow moment={moment} isFirst={index === 0} isLast={index === moments.length - 1} />
        )}
      />
    </div>
  );
}

function MomentRow(props: { moment: Moment; isFirst: boolean; isLast: boolean }) {
  const text = snapshotsText.value;
  const { snapshot, before } = props.moment;
  return (
    <div class="group flex h-full items-stretch pe-3 hover:bg-hover">
      <a
        href={folderPlace(snapshot.id, snapshot.key, { path: '' })}
        class="flex min-w-0 flex-1 items-stretch gap-4 ps-5 focus-visible:outline-offset-[-2px]"
      >
        <Rail isFirst={props.isFirst} isLast={props.isLast} />
        <MomentFacts moment={props.moment} />
      </a>
      {before !== null && (
        <span class="flex items-center">
          <Button
            look="quiet"
            icon={GitCompareArrows}
            label={`${text.comparePrevious}: ${formatTime(snapshot.timeMs)}`}
            href={comparePlace(snapshot.key, { before: before.id, after: snapshot.id })}
          />
        </span>
      )}
    </div>
  );
}

/** The line that joins one moment with the next. */
function Rail({ isFirst, isLast }: { isFirst: boolean; isLast: boolean }) {
  return (
    <span class="relative w-3 shrink-0" aria-hidden="true">
      <span
        class={`absolute inset-x-0 mx-auto w-px bg-line ${isFirst ? 'top-6.5' : 'top-0'} ${isLast ? 'bottom-auto h-6.5' : 'bottom-0'}`}
      />
      <span class="absolute inset-x-0 top-5 mx-auto size-3 rounded-full border-2 border-primary bg-base-100" />
    </span>
  );
}

/** When, how much, and where there are copies. */
export function MomentFacts({ moment }: { moment: Moment }) {
  const text = snapshotsText.value;
  const { snapshot } = moment;
  const growth = growthText(moment);
  return (
    <span class="flex min-w-0 flex-1 flex-col gap-0.5 pt-3.5 sm:flex-row sm:items-center sm:pt-0 sm:justify-between sm:gap-4">
      <span class="min-w-0">
        <span class="block truncate font-semibold">
          {formatDate(snapshot.timeMs)}
          <span class="ms-2 font-normal text-muted">{formatClock(snapshot.timeMs)}</span>
        </span>
        <span class="block truncate text-xs font-normal text-muted">
          {sharedText.value.files(snapshot.files)} · {formatBytes(snapshot.bytes)}
          {growth !== '' && <span class="max-sm:hidden"> · {growth}</span>}
        </span>
      </span>
      <span class="flex min-w-0 shrink-0 items-center gap-3 text-xs sm:max-w-56 sm:flex-col sm:items-end sm:gap-0">
        {moment.isNewest || snapshot.copies.length > 0 || snapshot.held !== null ? (
          <CopiesWord snapshot={snapshot} />
        ) : (
          <span class="font-normal text-muted sm:hidden">{growth}</span>
        )}
        {snapshot.skipped > 0 && (
          <span class="flex items-center gap-1 text-warning">
            <Icon of={TriangleAlert} size={14} />
            {text.skipped(snapshot.skipped)}
          </span>
        )}
      </span>
    </span>
  );
}

/** How many copies were verified, and by whom. A destination holds one: what it had before has moved on to a newer one. */
export function CopiesWord({ snapshot }: { snapshot: SnapshotLine }) {
  const text = snapshotsText.value;
  const { copies } = snapshot;
  const who = copies.map((copy) => copyWords(copy).join(', '));
  const isNone = copies.length === 0;
  if (isNone && snapshot.held !== null) {
    const { changed, deleted, of } = snapshot.held;
    return (
      <span
        class="flex max-w-full min-w-0 items-center gap-1 text-warning"
        title={text.heldText(changed, deleted, of)}
      >
        <Icon of={TriangleAlert} size={14} />
        <span class="truncate font-semibold">{text.heldBack}</span>
      </span>
    );
  }
  return (
    <span
      class={`flex max-w-full min-w-0 items-center gap-1 ${isNone ? 'text-muted' : 'text-success'}`}
      title={isNone ? undefined : who.join('\n')}
    >
      <Icon of={isNone ? CircleDashed : CircleCheck} size={14} />
      <span class="truncate">
        <span class={isNone ? '' : 'font-semibold'}>{text.verifiedCopies(copies.length)}</span>
        {!isNone && (
          <span class="text-muted">
            {' '}
            · <bdi>{formatList(copies.map(({ name }) => nameText(name)))}</bdi>
          </span>
        )}
      </span>
    </span>
  );
}

/** Who holds it, and what speaks for that. */
function copyWords({ name, verifiedMs, provenMs, signed }: KeptCopy): string[] {
  const text = snapshotsText.value;
  return [
    text.copyAt(nameText(name), formatTime(verifiedMs)),
    provenMs === null ? text.notProven : text.provenAt(formatTime(provenMs)),
    signed ? text.signed : text.unsigned,
  ];
}

/** `+12 files, +3.40 MiB` against the one before. */
function growthText({ snapshot, before, isOldest }: Moment): string {
  const text = snapshotsText.value;
  if (before === null) return isOldest ? text.firstOne : '';
  const files = snapshot.files - before.files;
  const bytes = snapshot.bytes - before.bytes;
  if (files === 0 && bytes === 0) return text.sameSize;
  const parts: string[] = [];
  if (files !== 0) parts.push(`${sign(files)}${sharedText.value.files(Math.abs(files))}`);
  if (bytes !== 0) parts.push(`${sign(bytes)}${formatBytes(Math.abs(bytes))}`);
  return parts.join(', ');
}

export function sign(difference: number): string {
  return difference < 0 ? '−' : '+';
}
