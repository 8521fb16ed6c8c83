import type { InputProblem } from '#application/app-error.js';
import type { Failure } from './failure.js';

export const problemMediaType = 'application/problem+json';

/** Relative, so that it leads to the page of whichever installation answered. */
export const problemTypeBase = '/problems/';

/** RFC 9457, with the request's id. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance?: string;
  readonly requestId: string;
  readonly errors?: readonly InputProblem[];
}

export interface ProblemContext {
  readonly requestId: string;
  /** Path of the request, without its query. */
  readonly instance?: string;
}

/** The same words for every problem of one type, as RFC 9457 asks. */
export const problemTitle = (reason: string): string => {
  const words = reason.replaceAll('-', ' ').replace(/\bapi\b/g, 'API').replace(/\bjson\b/g, 'JSON').replace(/\burl\b/g, 'URL');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** `failure` undefined: an error that is nobody's business but ours. */
export function problemOf(failure: Failure | undefined, { requestId, instance }: ProblemContext): Problem {
  const { reason, status, detail, errors } = failure ?? {
    reason: 'internal-error',
    status: 500,
    detail: 'Something went wrong here. Quote the requestId when you report it.',
    errors: [],
  };
  return {
    type: `${problemTypeBase}${reason}`,
    title: problemTitle(reason),
    status,
    detail,
    ...(instance === undefined ? {} : { instance }),
    requestId,
    ...(errors.length > 0 ? { errors: errors.map((error) => ({ ...error, ...(error.type === undefined ? {} : { type: `${problemTypeBase}${error.type}` }) })) } : {}),
  };
}
