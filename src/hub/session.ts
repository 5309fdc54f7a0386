import { RbError, toRbError } from '../base/errors.ts';
import { escapeName, escapeText } from '../base/names.ts';
import type { SetKey } from '../model/snapshot.ts';
import type { Stream } from '../transport/transport.ts';
import type { Message } from '../wire/messages.ts';
import { serveAsk } from './ask-stream.ts';
import { serveBackup } from './backup-stream.ts';
import { serveFollow } from './follow-stream.ts';
import type { HubContext } from './hub-context.ts';
import { serveRead } from './read-stream.ts';
import { serveReceive } from './receive-stream.ts';
import type { Activity, Client } from './register.ts';

/**
 * Serves one stream of a client to its end, according to its first message. Whatever goes wrong ends this stream
 * alone: the client is told, and the log gets a line. Never rejects.
 */
export async function serveStream(
  hub: HubContext,
  client: Client,
  stream: Stream,
  first: Message,
): Promise<void> {
  client.begin(stream.id, activityOf(client, first));
  hub.register.changed.notify();
  try {
    await dispatch(hub, client, stream, first);
  } catch (thrown) {
    const error = toRbError(thrown);
    stream.fail(error);
    if (error.code !== 'connection-lost') logFailure(hub, client, error);
  } finally {
    client.end(stream.id);
    hub.register.changed.notify();
  }
}

async function dispatch(
  hub: HubContext,
  client: Client,
  stream: Stream,
  first: Message,
): Promise<void> {
  switch (first.t) {
    case 'backup':
      return serveBackup(hub, client, stream, first);
    case 'receive':
      return serveReceive(hub, client, stream, first);
    case 'follow':
      return serveFollow(hub, client, stream, first);
    case 'read':
      return serveRead(hub, client, stream);
    case 'ask':
      return serveAsk(hub, client, stream, first);
    default:
      throw new RbError('protocol', `No stream begins with "${first.t}".`);
  }
}

function activityOf({ login }: Client, first: Message): Activity {
  switch (first.t) {
    case 'backup': {
      const { host, set } = first;
      const key: SetKey = { user: login.user, host, set };
      const doing = `backing up ${escapeName(set)}`;
      return { role: 'origin', kind: 'backing-up', set: key, doing };
    }
    case 'receive': {
      const doing = 'waiting for transfers';
      return { role: 'destination', kind: 'waiting', set: first.filter, doing };
    }
    case 'follow': {
      const { user, host, set } = first;
      const doing = `receiving ${escapeName(set)}`;
      return { role: 'destination', kind: 'receiving', set: { user, host, set }, doing };
    }
    default: {
      const doing = first.t === 'ask' ? 'asking' : 'reading';
      return { role: 'observer', kind: 'reading', set: null, doing };
    }
  }
}

function logFailure(hub: HubContext, client: Client, error: RbError): void {
  hub.log({
    level: error.code === 'internal' ? 'error' : 'warn',
    event: 'stream-failed',
    address: client.connection.remoteAddress,
    user: escapeName(client.login.user),
    code: error.code,
    message: escapeText(error.message),
  });
}
