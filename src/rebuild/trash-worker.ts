import { workerData } from 'node:worker_threads';

import { loadPosix } from '../posix/open.ts';
import { emptyTrash } from './empty-trash.ts';
import type { PurgeRequest } from './trash-purge.ts';

/* The thread that removes what has been in the trash for long enough; see trash-purge.ts. */

emptyTrash(loadPosix(), workerData as PurgeRequest);
