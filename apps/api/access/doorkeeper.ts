import type { ApiKeysService } from '#application/api-keys/api-keys.service.js';
import { AppError } from '#application/app-error.js';
import type { Caller } from '#application/caller.js';
import { Operator } from '#application/organisations/operator.js';

/** Who asks: an organisation's API key, or whoever runs the installation. */
export type Principal = Caller | Operator;

/** Knows everyone by what they hold. The only place that reads credentials. */
export class Doorkeeper {
  constructor(
    private readonly apiKeys: Pick<ApiKeysService, 'authenticate'>,
    private readonly operatorKey: string | undefined,
  ) {}

  /** Takes the value of an Authorization header. Throws `unauthenticated`, in the same words for all that is unknown. */
  async identify(authorization: string | undefined): Promise<Principal> {
    const [, token] = /^Bearer +([\x21-\x7e]{1,512})$/i.exec(authorization ?? '') ?? [];
    if (token === undefined) {
      throw new AppError('unauthenticated', 'missing-credentials', 'Send an API key as: Authorization: Bearer <key>.');
    }
    return (token.startsWith('bwk_') ? undefined : this.operator(token)) ?? this.apiKeys.authenticate(token);
  }

  private operator(token: string): Operator | undefined {
    if (this.operatorKey === undefined) return undefined;
    try {
      return Operator.withKey(token, this.operatorKey);
    } catch (error) {
      if (error instanceof AppError) return undefined;
      throw error;
    }
  }
}
