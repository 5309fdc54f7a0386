import { useState } from 'preact/hooks';

import type { CopyLine } from '../../../../src/console/api/common.ts';
import { Button } from '../components/button.tsx';
import { transferText } from '../i18n/transfer-text.ts';
import { CopyRow } from './copy-row.tsx';

/** As many are shown at once; the rest on request. */
const FIRST = 8;

/** The destinations of a run, a line each. */
export function CopyLines({ copies }: { copies: readonly CopyLine[] }) {
  const text = transferText.value;
  const [isAll, setAll] = useState(false);
  const hidden = copies.length - FIRST;
  return (
    <>
      <ul class="flex flex-col gap-4" aria-label={text.destinations}>
        {(isAll ? copies : copies.slice(0, FIRST)).map((copy) => (
          <li key={copy.destination}>
            <CopyRow copy={copy} />
          </li>
        ))}
      </ul>
      {hidden > 0 && (
        <div class="-ms-2 mt-3">
          <Button look="quiet" size="small" onClick={() => setAll(!isAll)}>
            {isAll ? text.fewerDestinations : text.moreDestinations(hidden)}
          </Button>
        </div>
      )}
    </>
  );
}
