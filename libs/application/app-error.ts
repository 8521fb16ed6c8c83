export const errorKinds = ['unauthenticated', 'forbidden', 'not-found', 'conflict', 'invalid', 'limited', 'unavailable'] as const;
export type ErrorKind = (typeof errorKinds)[number];

/** One thing wrong with the input, by JSON Pointer. */
export interface InputProblem {
  readonly pointer: string;
  readonly detail: string;
  /** Slug of a more exact problem type, such as `kubeconfig-exec-plugin`. */
  readonly type?: string;
}

/**
 * An error that the caller can act on. Both doors and the worker map `kind`; `reason` is a stable slug
 * (the problem type), `message` a sentence that says what to do. Never holds a secret.
 */
export class AppError extends Error {
  readonly errors: readonly InputProblem[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfter?: number;

  constructor(
    readonly kind: ErrorKind,
    readonly reason: string,
    message: string,
    options: { readonly errors?: readonly InputProblem[]; readonly retryAfter?: number; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.errors = options.errors ?? [];
    if (options.retryAfter !== undefined) this.retryAfter = options.retryAfter;
  }
}

export const notFound = (noun: string): AppError => new AppError('not-found', `${noun}-not-found`, `There is no such ${noun}.`);
export const invalid = (reason: string, message: string, errors: readonly InputProblem[] = []): AppError =>
  new AppError('invalid', reason, message, { errors });
export const conflict = (reason: string, message: string): AppError => new AppError('conflict', reason, message);
