import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiExtraModels, ApiOperation, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import type { ScopeName } from '#application/caller.js';
import { problemMediaType } from '../problems/problem.js';
import { ProblemView } from './problem.view.js';
import type { Class } from '../schema/field-type.js';

export interface OperationOptions {
  /** Stable name of the operation in generated clients. */
  readonly id: string;
  readonly summary: string;
  readonly about?: string;
  /** What the key needs; `any`: only to be a key. */
  readonly scope: ScopeName | 'any' | 'operator' | 'none';
  /** What is sent may speak for itself, and then no key is needed. */
  readonly isKeyOptional?: true;
  /** 200 where not given. */
  readonly status?: 200 | 201 | 202 | 204;
  readonly returns?: Class;
  /** An answer that is no JSON of ours; beside `returns`, another way of writing the same. */
  readonly returnsMedia?: { readonly type: string; readonly about: string };
  readonly headers?: Readonly<Record<string, string>>;
  /** Refusals beyond those that every operation has. */
  readonly problems?: readonly (keyof typeof refusals)[];
}

const refusals = {
  400: 'The request cannot be read: malformed JSON, or a cursor that was not made for this list.',
  401: 'No key, or none that is valid.',
  403: 'The key lacks the scope.',
  404: 'There is no such thing in this organisation.',
  409: 'The present state does not allow it.',
  413: 'The body is too large.',
  415: 'The body has another media type or encoding.',
  422: 'The input was read and refused; `errors` says what and where.',
  429: 'Too many at once; `Retry-After` says when to come back.',
} as const;

const scopeNote = (scope: OperationOptions['scope']): string =>
  scope === 'operator' ? "Takes the installation's operator key." : scope === 'none' ? 'Takes no key.' : scope === 'any' ? 'Any valid API key.' : `Needs the scope \`${scope}\`.`;

/** Describes a route of REST, and sets its status. */
export function Operation({ id, summary, about, scope, isKeyOptional, status = 200, returns, returnsMedia, headers, problems = [] }: OperationOptions): MethodDecorator {
  const documented = headers && Object.fromEntries(Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' as const } }]));
  const expected = [...new Set<keyof typeof refusals>(scope === 'none' ? problems : [401, 403, ...problems])].sort((a, b) => a - b);
  return applyDecorators(
    HttpCode(status),
    ApiExtraModels(ProblemView, ...(returns && returnsMedia ? [returns] : [])),
    ApiOperation({ operationId: id, summary, description: [about, scopeNote(scope)].filter(Boolean).join('\n\n'), ...(scope === 'none' && { security: [] }), ...(isKeyOptional && { security: [{ key: [] }, {}] }) }),
    ApiResponse({
      status,
      description: returnsMedia?.about ?? (status === 204 ? 'Done.' : status === 202 ? 'Accepted; it goes on by itself.' : status === 201 ? 'Made.' : 'The answer.'),
      ...(returns && !returnsMedia && { type: returns }),
      ...(returnsMedia && { content: { ...(returns && { 'application/json': { schema: { $ref: getSchemaPath(returns) } } }), [returnsMedia.type]: { schema: { type: 'string' } } } }),
      ...(documented && { headers: documented }),
    }),
    ...expected.map((refusal) => ApiResponse({ status: refusal, description: refusals[refusal], content: problemContent })),
    ApiResponse({ status: 'default', description: 'Any other refusal or failure.', content: problemContent }),
  );
}

const problemContent = { [problemMediaType]: { schema: { $ref: getSchemaPath(ProblemView) } } };
