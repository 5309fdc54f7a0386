import { useEffect, useRef, useState } from 'preact/hooks';

import type { DiskFolder } from '../../../../src/console/api/client-api.ts';
import type { Failure, Path } from '../../../../src/console/api/common.ts';
import { isAbort, toFailure } from '../../shared/api.ts';
import { diskFolder } from '../api.ts';

/**
 * The folder that is looked at. While another one is fetched, and if that fails, the one before stays. Where the first one
 * cannot be opened, the user's home is.
 */
export function useFolder(start: Path | null): {
  readonly folder: DiskFolder | null;
  readonly failure: Failure | null;
  readonly isBusy: boolean;
  readonly open: (path: Path | null) => void;
  readonly show: (folder: DiskFolder) => void;
} {
  const [folder, setFolder] = useState<DiskFolder | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [isBusy, setBusy] = useState(true);
  const asking = useRef<AbortController | null>(null);

  const open = (path: Path | null, fallback?: null): void => {
    asking.current?.abort();
    const controller = new AbortController();
    asking.current = controller;
    setBusy(true);
    diskFolder(path, controller.signal).then(
      (found) => {
        setFolder(found);
        setFailure(null);
        setBusy(false);
      },
      (error: unknown) => {
        if (isAbort(error)) return;
        setBusy(false);
        setFailure(toFailure(error));
        if (fallback !== undefined) open(fallback);
      },
    );
  };
  useEffect(() => {
    open(start, start === null ? undefined : null);
    return () => asking.current?.abort();
    // Where it began stays what it was, wherever one goes from there.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return {
    folder,
    failure,
    isBusy,
    open: (path) => open(path),
    show: (shown) => {
      setFolder(shown);
      setFailure(null);
    },
  };
}
