import { CircleSlash, FolderUp, RotateCcw, Trash } from 'lucide';
import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';

import type { Task } from '../../../../src/console/api/client-api.ts';
import { toFailure } from '../../shared/api.ts';
import { failureWords } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { ConfirmDialog } from '../../shared/components/dialog.tsx';
import { showToast } from '../../shared/components/toast.tsx';
import { cancelTask, removeTask, repeatTask, startTask } from '../api.ts';
import { taskText } from '../i18n/text.ts';
import { hasEnded } from '../state.ts';

/** What can be done with it: cancel while it is at work, begin again or take off the list when it has ended. */
export function TaskActions({ task }: { task: Task }) {
  const text = taskText.value;
  const { route } = useLocation();
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const act = async (action: () => Promise<string | null>) => {
    setBusy(true);
    try {
      const goTo = await action();
      if (goTo !== null) route(goTo);
    } catch (error) {
      showToast(failureWords(toFailure(error)).title, 'bad');
    } finally {
      setBusy(false);
    }
  };
  const cancel = async () => {
    await cancelTask(task.id);
    setAsking(false);
    return null;
  };
  const again = async () => `/tasks/${(await repeatTask(task.id)).id}`;
  const remove = async () => {
    await removeTask(task.id);
    return '/';
  };

  if (hasEnded(task)) {
    return (
      <>
        <Button icon={Trash} disabled={isBusy} onClick={() => void act(remove)}>
          {text.remove}
        </Button>
        <Button
          look={task.state === 'done' ? 'plain' : 'primary'}
          icon={RotateCcw}
          busy={isBusy}
          onClick={() => void act(again)}
        >
          {text.again}
        </Button>
        <ForReal task={task} isBusy={isBusy} act={act} />
      </>
    );
  }
  return (
    <>
      <Button look="danger" icon={CircleSlash} onClick={() => setAsking(true)}>
        {text.cancel}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={text.cancelTitle}
          text={cancelWords(task)}
          action={text.cancel}
          stay={text.goOn}
          busy={isBusy}
          onConfirm={() => void act(cancel)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

/** After a dry run: the same, in earnest. */
function ForReal(props: {
  task: Task;
  isBusy: boolean;
  act: (action: () => Promise<string | null>) => Promise<void>;
}) {
  const { request } = props.task;
  if (request.kind !== 'backup' || !request.dryRun) return null;
  const begin = async () => `/tasks/${(await startTask({ ...request, dryRun: false })).id}`;
  return (
    <Button
      look="primary"
      icon={FolderUp}
      busy={props.isBusy}
      onClick={() => void props.act(begin)}
    >
      {taskText.value.forReal}
    </Button>
  );
}

function cancelWords({ request }: Task): string {
  const text = taskText.value;
  if (request.kind === 'backup') return text.cancelBackup;
  return request.kind === 'receive' ? text.cancelReceive : text.cancelOther;
}
