import { useState } from 'preact/hooks';

import { Button } from '../../shared/components/button.tsx';
import { showName } from '../../shared/show-name.tsx';
import { copiesText, hubText } from '../i18n/text.ts';
import { CopyCell, Presence } from './copy-cell.tsx';
import type { Column, CopyRow } from './copy-table.ts';
import { SetHead } from './set-head.tsx';

/** Of each backup; the rest on request. */
const FIRST = 5;

/** The same as the table, for small screens: a card a backup, with those that hold something of it. */
export function MatrixCards(props: {
  readonly rows: readonly CopyRow[];
  readonly columns: readonly Column[];
}) {
  return (
    <ul class="flex flex-col gap-4">
      {props.rows.map((row) => (
        <li
          key={`${row.set.key.user}\n${row.set.key.host}\n${row.set.key.set}`}
          class="card p-4 pb-3"
        >
          <SetHead set={row.set} />
          <Holders row={row} columns={props.columns} />
        </li>
      ))}
    </ul>
  );
}

function Holders({ row, columns }: { row: CopyRow; columns: readonly Column[] }) {
  const text = copiesText.value;
  const [isAll, setAll] = useState(false);
  const holders = columns.filter(({ place }) => row.held.has(place));
  if (holders.length === 0) {
    return <p class="mt-3 border-t border-line pt-3 text-xs text-muted">{text.noneHeld}</p>;
  }
  const shown = isAll ? holders : holders.slice(0, FIRST);
  return (
    <>
      <ul class="mt-3 divide-y divide-line border-t border-line" aria-label={text.copiesHeld}>
        {shown.map(({ place, destination }) => (
          <li key={place} class="flex items-start justify-between gap-4 py-2.5">
            <span class="min-w-0">
              <span class="block truncate text-sm font-semibold">{showName(destination.name)}</span>
              <Presence of={destination} />
            </span>
            <span class="shrink-0 text-end [&>span]:items-end">
              <CopyCell held={row.held.get(place)} />
            </span>
          </li>
        ))}
      </ul>
      {holders.length > shown.length && (
        <Button look="quiet" size="small" class="-ms-2" onClick={() => setAll(true)}>
          {hubText.value.showMore(holders.length - shown.length)}
        </Button>
      )}
    </>
  );
}
