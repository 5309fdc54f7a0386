import type { Stream } from '../transport/transport.ts';
import type { Receive } from '../wire/messages-follow.ts';
import type { HubContext } from './hub-context.ts';
import { DestinationAnswers } from './receive/destination-answers.ts';
import { StandingOrder } from './receive/standing-order.ts';
import type { Client } from './register.ts';
import { requireRight } from './rights.ts';

/** A destination's standing order, until its stream ends. */
export async function serveReceive(
  hub: HubContext,
  client: Client,
  stream: Stream,
  request: Receive,
): Promise<void> {
  if (request.filter !== null) requireRight(client.login, 'receive', request.filter.user);
  const { destination, name } = request;
  const isNew = hub.catalog.recordDestination({
    id: destination,
    user: client.login.user,
    name,
    lastSeenMs: hub.clock.nowMs(),
  });
  if (isNew) hub.history.notify();
  client.destinationName = name;
  const order = new StandingOrder(hub, client, stream, request);
  for (const { user, host, set, snapshot } of request.have)
    order.claims({ user, host, set }, snapshot);
  const answers = new DestinationAnswers(hub, stream, order, request.answers === true);
  hub.register.addOrder(order);
  try {
    order.considerAll();
    await answers.takeAll();
    stream.end();
  } finally {
    answers.stop();
    order.stop();
    hub.register.removeOrder(order);
    const isStillThere = hub.register.ordersOf(destination).length > 0;
    for (const run of isStillThere ? [] : hub.runs.all()) run.copies.gone(order);
  }
}
