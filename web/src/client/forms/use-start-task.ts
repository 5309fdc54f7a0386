import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';

import type { TaskRequest } from '../../../../src/console/api/client-api.ts';
import type { Failure } from '../../../../src/console/api/common.ts';
import { toFailure } from '../../shared/api.ts';
import { startTask } from '../api.ts';

/** Begins a task and goes to its page; if that fails, the form stays as it is. */
export function useStartTask(): {
  readonly isBusy: boolean;
  readonly failure: Failure | null;
  readonly start: (request: TaskRequest) => Promise<void>;
} {
  const { route } = useLocation();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const start = async (request: TaskRequest) => {
    setBusy(true);
    setFailure(null);
    try {
      const task = await startTask(request);
      route(`/tasks/${task.id}`);
    } catch (error) {
      setFailure(toFailure(error));
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, failure, start };
}
