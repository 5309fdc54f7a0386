import { Check } from 'lucide';
import { useMemo } from 'preact/hooks';

import type { SnapshotLine } from '../../../../src/console/api/common.ts';
import { Dialog } from '../../shared/components/dialog.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { HereList } from './tall-list.tsx';
import { MomentFacts, momentsOf } from './time-line.tsx';
import { useNarrow } from './use-narrow.ts';

/** Chooses one of the snapshots of a set. */
export function SnapshotPicker(props: {
  title: string;
  snapshots: readonly SnapshotLine[];
  /** Its id. */
  chosen: string;
  onPick: (snapshot: SnapshotLine) => void;
  onClose: () => void;
}) {
  const moments = useMemo(() => momentsOf(props.snapshots, true), [props.snapshots]);
  const isNarrow = useNarrow('sm');
  return (
    <Dialog wide title={props.title} onClose={props.onClose}>
      <div class="-m-3">
        <HereList
          label={props.title}
          rows={moments}
          rowHeight={isNarrow ? 88 : 64}
          aboveRem={14}
          renderRow={(moment) => (
            <button
              type="button"
              class="row-button h-full py-0 max-sm:items-start"
              aria-current={moment.snapshot.id === props.chosen ? 'true' : undefined}
              onClick={() => props.onPick(moment.snapshot)}
            >
              <span class="w-5 shrink-0 max-sm:pt-4">
                {moment.snapshot.id === props.chosen && <Icon of={Check} />}
              </span>
              <MomentFacts moment={moment} />
            </button>
          )}
        />
      </div>
    </Dialog>
  );
}
