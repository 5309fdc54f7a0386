import { Boxes, SearchX, ShieldCheck } from 'lucide';
import { useMemo, useState } from 'preact/hooks';

import type { CopyMatrix } from '../../../../src/console/api/hub-api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, EmptyState, Skeleton } from '../../shared/components/card.tsx';
import { Segmented } from '../../shared/components/choices.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { columnsOf, copyTable } from '../copies/copy-table.ts';
import { Legend } from '../copies/legend.tsx';
import { MatrixCards } from '../copies/matrix-cards.tsx';
import { MatrixTable } from '../copies/matrix-table.tsx';
import { useFollowed } from '../follow.ts';
import { copiesText, hubText } from '../i18n/text.ts';
import { SearchInput } from '../search-input.tsx';
import { hubState } from '../state.ts';
import { isWide } from '../wide.ts';

/** Sets at a time: a table of all would be too much for a phone, and for a reader. */
const PAGE_SETS = 50;
const MOST_COLUMNS = 60;

/** Which destination holds what of which backup: how many good copies there are. */
export function CopiesPage() {
  const text = copiesText.value;
  const { data, failure, refresh } = useFollowed<CopyMatrix>(
    '/api/copies',
    hubState.value?.historyVersion,
  );
  return (
    <Page title={hubText.value.navCopies} lead={text.lead}>
      {failure !== null && <FailureAlert failure={failure} onRetry={refresh} />}
      {data === null ? (
        failure === null && <Skeleton lines={4} class="h-24" />
      ) : data.sets.length === 0 ? (
        <Card>
          <EmptyState icon={Boxes} title={text.empty} text={text.emptyText} />
        </Card>
      ) : (
        <Matrix matrix={data} />
      )}
    </Page>
  );
}

function Matrix({ matrix }: { matrix: CopyMatrix }) {
  const text = copiesText.value;
  const [words, setWords] = useState('');
  const [onlyWarnings, setOnlyWarnings] = useState(false);
  const [most, setMost] = useState(PAGE_SETS);
  const { rows } = useMemo(
    () => copyTable(matrix, { text: words, onlyWarnings }),
    [matrix, words, onlyWarnings],
  );
  const shown = rows.slice(0, most);
  const columns = columnsOf(matrix, shown);
  const seen = columns.slice(0, MOST_COLUMNS);
  return (
    <>
      <div class="flex flex-wrap items-center gap-3">
        <SearchInput label={text.filter} value={words} onInput={setWords} />
        <Segmented
          label={text.show}
          value={onlyWarnings ? 'warnings' : 'all'}
          options={[
            { value: 'all', label: text.all },
            { value: 'warnings', label: text.onlyWarnings },
          ]}
          onChange={(choice) => setOnlyWarnings(choice === 'warnings')}
        />
        <p class="text-xs text-muted sm:ms-auto" role="status">
          {text.shownSets(rows.length, matrix.sets.length)} · {text.destinations(columns.length)}
        </p>
      </div>
      {rows.length === 0 ? (
        <Card>
          {words === '' ? (
            <EmptyState icon={ShieldCheck} title={text.noWarnings} />
          ) : (
            <EmptyState
              icon={SearchX}
              title={hubText.value.noMatch}
              action={<Button onClick={() => setWords('')}>{hubText.value.clearFilter}</Button>}
            />
          )}
        </Card>
      ) : isWide.value ? (
        <MatrixTable rows={shown} columns={seen} />
      ) : (
        <MatrixCards rows={shown} columns={columns} />
      )}
      {rows.length > shown.length && (
        <Button onClick={() => setMost(most + PAGE_SETS)}>
          {hubText.value.showMore(Math.min(PAGE_SETS, rows.length - shown.length))}
        </Button>
      )}
      {isWide.value && columns.length > seen.length && (
        <p class="text-xs text-muted">{text.moreDestinations(seen.length, columns.length)}</p>
      )}
      {rows.length > 0 && <Legend />}
    </>
  );
}
