import { isErrorCode, RbError, toRbError } from '../base/errors.ts';
import type { ErrorCode } from '../base/errors.ts';

/** From the pool to a worker. */
export type JobRequest = { readonly job: number; readonly input: unknown };

/** From a worker to its pool, one for each request, in any order. */
export type JobReply =
  | { readonly job: number; readonly value: unknown }
  | { readonly job: number; readonly error: ErrorMessage };

/** An error on its way between threads: structured clone would keep neither class nor fields. */
export type ErrorMessage = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retry: boolean;
  readonly context: Readonly<Record<string, unknown>>;
  /** Where it was thrown, for the log. */
  readonly stack: string;
};

/** Anything thrown as a message. Facts that can't be cloned are turned into text. */
export function errorToMessage(thrown: unknown): ErrorMessage {
  const error = toRbError(thrown);
  const context: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(error.context)) {
    context[name] = isPlain(value) ? value : String(value);
  }
  const { code, message, retry } = error;
  return {
    code,
    message,
    retry,
    context,
    stack: (thrown instanceof Error ? thrown.stack : error.stack) ?? '',
  };
}

/** The error again, as an {@link RbError} of the same code; its cause carries the stack of the worker. */
export function errorFromMessage(message: ErrorMessage): RbError {
  const cause = new Error(message.message);
  cause.stack = message.stack;
  const code = isErrorCode(message.code) ? message.code : 'internal';
  return new RbError(code, message.message, {
    context: message.context,
    retry: message.retry,
    cause,
  });
}

function isPlain(value: unknown): boolean {
  return (
    value === null || ['string', 'number', 'boolean', 'bigint', 'undefined'].includes(typeof value)
  );
}
