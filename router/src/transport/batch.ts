// Several operations in one POST, where the operator allows it. Each is refused or run by itself, all at once; the answers
// stand in the order of the list. No order of their effects is promised: mutations that depend on each other belong into
// one document.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from '../pipeline.ts';
import { RequestRefused } from '../respond/graph-error.ts';
import { writeRefusal } from '../respond/result.ts';
import { asRefusal, codeOf, setRefusalHeaders } from './exchange.ts';
import type { Outcome } from './graphql-http.ts';
import type { HttpSettings } from './http-config.ts';
import { EVENT_STREAM, JSON_TYPE, type AnswerType } from './media-type.ts';
import { parametersFrom, type RequestParameters } from './request-parameters.ts';
import { send } from './send.ts';

export interface BatchOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly type: AnswerType;
  readonly http: HttpSettings;
  /** What is accepted decides whether a subscription is let through. */
  readonly run: (parameters: RequestParameters, accept: string) => Promise<Answer>;
  readonly answered: (kind: Outcome['kind'], code: string) => void;
  readonly onFault: (error: unknown) => void;
}

interface BatchAnswer {
  readonly text: string;
  readonly refusal?: RequestRefused;
}

/** @throws {RequestRefused} when the list as a whole is none that is served. */
export async function answerBatch(list: readonly unknown[], options: BatchOptions): Promise<void> {
  const { request, response, type, http } = options;
  if (list.length === 0) throw RequestRefused.because(400, 'BAD_REQUEST', 'the list of operations is empty');
  if (http.maxBatchOperations === 0) throw RequestRefused.because(400, 'BATCHING_DISABLED', 'batched requests are not served');
  if (list.length > http.maxBatchOperations) throw RequestRefused.because(400, 'MAX_BATCH_SIZE_EXCEEDED', `a batch may have at most ${http.maxBatchOperations} operations, was ${list.length}`);
  if (type === EVENT_STREAM) throw RequestRefused.because(406, 'NOT_ACCEPTABLE', 'a batch is answered as JSON');
  const answers = await Promise.all(list.map((body) => answerOne(body, options)));
  const status = statusOf(answers);
  const first = answers[0]?.refusal;
  if (first) setRefusalHeaders(response, status, first, 'POST');
  await send(request, response, { status, type, text: `[${answers.map(({ text }) => text).join(',')}]` });
}

async function answerOne(body: unknown, { run, answered, onFault }: BatchOptions): Promise<BatchAnswer> {
  try {
    const answer = await run(parametersFrom(body), JSON_TYPE);
    if (answer.kind === 'stream') throw new Error('a batch has let a subscription through');
    answered(answer.operation.kind, 'OK');
    return { text: answer.result.text };
  } catch (error) {
    const refusal = asRefusal(error, onFault);
    answered('refused', codeOf(refusal));
    return { text: writeRefusal(refusal.errors).text, refusal };
  }
}

/** The list is well-formed, so it is 200; what concerns the caller and not an operation (401, 429, 503) shows when all share it. */
function statusOf(answers: readonly BatchAnswer[]): number {
  const status = answers[0]?.refusal?.status ?? 200;
  return [401, 429, 503].includes(status) && answers.every(({ refusal }) => refusal?.status === status) ? status : 200;
}
