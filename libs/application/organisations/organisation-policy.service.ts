import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import { InputChecks } from '../input-checks.js';
import type { Store } from '../ports/store.js';
import type { Organisation } from './organisation.js';

/** What an organisation decides for all its clusters. */
export type Policy = Pick<Organisation, 'trustedRegistries' | 'evidenceDays'>;
/** Days that are not given stay as they are. */
export type NewPolicy = Pick<Policy, 'trustedRegistries'> & Partial<Pick<Policy, 'evidenceDays'>>;

/** `host[:port][/path]` as image references begin, such as `registry.example.com/team`. */
const registry = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?(?:\/[a-z0-9][a-z0-9._-]*)*$/;
const MOST_REGISTRIES = 200;
const MOST_DAYS = 400;

export class OrganisationPolicyService {
  constructor(private readonly store: Store) {}

  async get(caller: Caller): Promise<Policy> {
    caller.may('admin:read');
    const organisation = await this.store.inTenant(caller.tenantId, (tx) => tx.organisation.get());
    if (!organisation) throw notFound('organisation');
    return policyOf(organisation);
  }

  /** Counts from the next scan on; null means that the organisation has no list. */
  async put(caller: Caller, { trustedRegistries, evidenceDays }: NewPolicy): Promise<Policy> {
    caller.may('admin:write');
    const checks = new InputChecks();
    checks.require((trustedRegistries?.length ?? 0) <= MOST_REGISTRIES, '/trustedRegistries', `at most ${MOST_REGISTRIES}`);
    for (const [i, entry] of (trustedRegistries ?? []).entries()) {
      checks.require(entry.length <= 253 && registry.test(entry), `/trustedRegistries/${i}`, 'a registry host, or host and path, in lower case and without scheme or tag');
    }
    checks.require(evidenceDays === undefined || (Number.isInteger(evidenceDays) && evidenceDays >= 1 && evidenceDays <= MOST_DAYS), '/evidenceDays', `a whole number of days from 1 to ${MOST_DAYS}`);
    checks.done('invalid-policy', 'The policy cannot be stored as given.');

    const organisation = await this.store.inTenant(caller.tenantId, (tx) =>
      tx.organisation.update({ trustedRegistries: trustedRegistries && [...new Set(trustedRegistries)], ...(evidenceDays !== undefined && { evidenceDays }) }),
    );
    if (!organisation) throw notFound('organisation');
    return policyOf(organisation);
  }
}

const policyOf = ({ trustedRegistries, evidenceDays }: Organisation): Policy => ({ trustedRegistries, evidenceDays });
