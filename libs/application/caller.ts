import { AppError } from './app-error.js';

export const scopes = [
  'clusters:read', 'clusters:write', 'scans:read', 'scans:write', 'findings:read', 'findings:write',
  'webhooks:read', 'webhooks:write', 'events:read', 'access:read', 'enrolment:read', 'enrolment:write', 'admin:read', 'admin:write',
] as const;
export type ScopeName = (typeof scopes)[number];

/** Who asks: one API key of one organisation. Travels as the first argument of every service method. */
export class Caller {
  constructor(
    readonly tenantId: string,
    readonly keyId: string,
    private readonly granted: ReadonlySet<ScopeName>,
    /** When the key stops working; null: never by itself. */
    readonly expiresAt: Date | null = null,
  ) {}

  /** First line of every service method. `write` includes `read`. */
  may(scope: ScopeName): void {
    if (this.granted.has(scope)) return;
    if (scope.endsWith(':read') && this.granted.has(scope.replace(':read', ':write') as ScopeName)) return;
    throw new AppError('forbidden', 'missing-scope', `This API key lacks the scope ${scope}. Use a key that has it, or create one with an admin key.`);
  }

  get scopes(): readonly ScopeName[] {
    return [...this.granted];
  }
}
