import { RbError, toRbError } from '../base/errors.ts';
import { escapeName, escapeText } from '../base/names.ts';
import type { Stream } from '../transport/transport.ts';
import type { Role } from '../wire/messages-ask.ts';
import type { Message } from '../wire/messages.ts';
import { serveAsk } from './ask-stream.ts';
import { serveBackup } from './backup-stream.ts';
import { serveFollow } from './follow-stream.ts';
import type { HubContext } from './hub-context.ts';
import { serveRead } from './read-stream.ts';
import { serveReceive } from './receive-stream.ts';
import type { Client } from './register.ts';

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
  const [role, doing] = activityOf(first);
  client.begin(stream.id, role, doing);
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

function activityOf(first: Message): [Role, string] {
  switch (first.t) {
    case 'backup':
      return ['origin', `backing up ${escapeName(first.set)}`];
    case 'receive':
      return ['destination', 'waiting for transfers'];
    case 'follow':
      return ['destination', `receiving ${escapeName(first.set)}`];
    default:
      return ['observer', first.t === 'ask' ? 'asking' : 'reading'];
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
