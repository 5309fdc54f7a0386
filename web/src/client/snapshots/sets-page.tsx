import { Archive, Boxes, ChevronRight } from 'lucide';

import type { SetLine } from '../../../../src/console/api/client-api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, EmptyState, Skeleton } from '../../shared/components/card.tsx';
import { RelativeTime } from '../../shared/components/figures.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { formatBytes } from '../../shared/format.ts';
import { sharedText } from '../../shared/i18n/text.ts';
import { Page } from '../../shared/shell/page.tsx';
import { showName } from '../../shared/show-name.tsx';
import { keyText } from '../forms/set-choice.tsx';
import { snapshotsText } from './i18n/text.ts';
import { setPlace } from './places.ts';
import { SearchBox } from './search-box.tsx';
import { ownerOf, useSets } from './use-history.ts';

/** All sets that may be read: those of this machine first. */
export function SetsPage() {
  const text = snapshotsText.value;
  const { value, failure, retry } = useSets();
  const groups = [
    { owner: 'machine', title: text.ofMachine },
    { owner: 'me', title: text.ofMe },
    { owner: 'other', title: text.ofOthers },
  ] as const;
  return (
    <Page title={text.title} lead={text.lead}>
      {value?.sets.length !== 0 && <SearchBox text="" scope={null} />}
      {failure !== null && <FailureAlert failure={failure} onRetry={retry} />}
      {value === null && failure === null && <Skeleton lines={3} class="h-18" />}
      {value !== null && value.sets.length === 0 && (
        <Card>
          <EmptyState
            icon={Boxes}
            title={text.noSets}
            text={text.noSetsText}
            action={
              <Button look="primary" href="/backup">
                {text.backUp}
              </Button>
            }
          />
        </Card>
      )}
      {groups.map(({ owner, title }) => {
        const sets = (value?.sets ?? [])
          .filter(({ key }) => ownerOf(key) === owner)
          .toSorted((one, other) => other.latest.timeMs - one.latest.timeMs);
        return sets.length === 0 ? null : (
          <Card key={owner} title={title} flush>
            <ul class="divide-y divide-line pb-1">
              {sets.map((set) => (
                <li key={keyText(set.key)}>
                  <SetRow set={set} isOurs={owner === 'machine'} />
                </li>
              ))}
            </ul>
          </Card>
        );
      })}
    </Page>
  );
}

function SetRow({ set, isOurs }: { set: SetLine; isOurs: boolean }) {
  const text = snapshotsText.value;
  const { key, latest } = set;
  return (
    <a
      href={setPlace(key)}
      class="flex items-center gap-4 px-5 py-3.5 hover:bg-hover focus-visible:outline-offset-[-2px]"
    >
      <span class="grid size-9 shrink-0 place-items-center rounded-lg bg-base-300">
        <Icon of={Archive} />
      </span>
      <span class="flex min-w-0 flex-1 flex-col sm:flex-row sm:items-center sm:gap-6">
        <span class="min-w-0 flex-1">
          <span class="block truncate font-semibold">{showName(key.set)}</span>
          <span class="block truncate text-xs text-muted">
            {isOurs ? showName(latest.sourcePath) : showName(`${key.user}@${key.host}`)}
          </span>
        </span>
        <span class="min-w-0 text-xs text-muted sm:text-end">
          <span class="block">
            {text.snapshots(set.snapshots)}, {text.newest} <RelativeTime ms={latest.timeMs} />
          </span>
          <span class="block">
            {sharedText.value.files(latest.files)} · {formatBytes(latest.bytes)}
          </span>
        </span>
      </span>
      <Icon of={ChevronRight} class="text-muted" />
    </a>
  );
}
