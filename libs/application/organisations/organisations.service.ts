import { randomUUID } from 'node:crypto';
import type { ApiKeyWithToken } from '../api-keys/api-keys.service.js';
import type { ScopeName } from '../caller.js';
import { InputChecks } from '../input-checks.js';
import { byTime, type Lists } from '../lists.js';
import type { Page, PageRequest } from '../paging.js';
import type { ApiKeyTokens } from '../ports/api-key-tokens.js';
import type { CredentialVault } from '../ports/credential-vault.js';
import type { Store } from '../ports/store.js';
import type { Operator } from './operator.js';
import type { OrganisationEntry } from './organisation.js';

export interface CreateOrganisation {
  readonly name: string;
}

export interface CreatedOrganisation extends ApiKeyWithToken {
  readonly organisation: OrganisationEntry;
}

/** An organisation's first key may do everything in it, and make keys that may do less. */
const firstKeyScopes: readonly ScopeName[] = ['admin:write', 'clusters:write', 'enrolment:write', 'scans:write', 'findings:write', 'webhooks:write', 'events:read', 'access:read'];

/** Retention looks at a new organisation for the first time after this. */
const FIRST_SWEEP_MS = 3_600_000;

const list = byTime('organisations');

export class OrganisationsService {
  constructor(
    private readonly store: Store,
    private readonly vault: CredentialVault,
    private readonly tokens: ApiKeyTokens,
    private readonly lists: Lists,
  ) {}

  /** The first key's token is in the answer and nowhere else. */
  async create(_operator: Operator, { name }: CreateOrganisation): Promise<CreatedOrganisation> {
    const checks = new InputChecks();
    checks.text(name, '/name', 100);
    checks.done('invalid-organisation', 'The organisation cannot be created as given.');

    const tenantId = randomUUID();
    const wrappedDataKey = await this.vault.newDataKey(tenantId);
    const { token, lookupId, hash, shownPrefix } = this.tokens.mint();
    return this.store.inTenant(tenantId, async (tx) => {
      const organisation = await tx.organisation.insert({ name, wrappedDataKey });
      const key = await tx.apiKeys.insert({
        id: randomUUID(), lookupId, name: 'First key', hash, prefix: shownPrefix, scopes: firstKeyScopes, expiresAt: null,
      });
      await tx.dueWork.schedule([{ topic: 'retention.sweep', subjectId: tenantId, dueAt: new Date(Date.now() + FIRST_SWEEP_MS) }]);
      return { organisation: { tenantId, name: organisation.name, createdAt: organisation.createdAt }, key, token };
    });
  }

  async list(_operator: Operator, request: PageRequest): Promise<Page<OrganisationEntry>> {
    const slice = this.lists.slice(list, 'operator', request);
    const found = await this.store.asOperator((tx) => tx.organisations.list(slice));
    return this.lists.page(list, 'operator', request, found, ({ createdAt, tenantId }) => ({ at: createdAt, id: tenantId }));
  }
}
