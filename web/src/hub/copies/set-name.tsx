import type { SetKey } from '../../../../src/console/api/common.ts';
import { nameText, showName } from '../../shared/show-name.tsx';

/** A backup by its name, with whose and from where in small. */
export function SetName({ of: { user, host, set } }: { of: SetKey }) {
  return (
    <span class="flex min-w-0 flex-col" title={nameText(`${user}@${host}:${set}`)}>
      <span class="truncate text-base leading-snug font-semibold">{showName(set)}</span>
      <span class="truncate text-xs font-normal tracking-normal text-muted">
        {showName(`${user}@${host}`)}
      </span>
    </span>
  );
}
