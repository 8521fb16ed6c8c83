import { isDeepStrictEqual } from 'node:util';
import { AppError, notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import { InputChecks } from '../input-checks.js';
import { byTime, type Lists } from '../lists.js';
import type { Page, PageRequest } from '../paging.js';
import type { Store } from '../ports/store.js';
import { uuidFrom } from '../uuid-from.js';
import { checkPolicy } from './check-policy.js';
import { policyChanged } from './policy-changed.js';
import { policyFields, type ControlDecision, type Policy, type PolicyVersion } from './policy.js';

/** What is left out stays as it is. */
export type NewPolicy = Partial<Omit<Policy, 'controls'>> & {
  readonly controls?: readonly (Pick<ControlDecision, 'controlId' | 'reason'> & Partial<ControlDecision>)[];
  /** The version that was read: refused where another has been decided since. */
  readonly ifVersion?: number;
};

/** The id of the control that is called so, by its name of today or an earlier one. */
export type ControlIdOf = (name: string) => string | undefined;

const list = byTime('policy-versions');

/** An organisation's policy and all that it ever was. */
export class OrganisationPolicyService {
  constructor(
    private readonly store: Store,
    private readonly lists: Lists,
    private readonly controlIdOf: ControlIdOf,
  ) {}

  async get(caller: Caller): Promise<PolicyVersion> {
    caller.may('admin:read');
    return this.store.inTenant(caller.tenantId, (tx) => tx.policies.current());
  }

  /** Newest first. */
  async versions(caller: Caller, request: PageRequest): Promise<Page<PolicyVersion>> {
    caller.may('admin:read');
    const slice = this.lists.slice(list, caller.tenantId, request);
    const rows = await this.store.inTenant(caller.tenantId, (tx) => tx.policies.list(slice));
    return this.lists.page(list, caller.tenantId, request, rows, ({ createdAt, id }) => ({ at: createdAt ?? new Date(0), id }));
  }

  /** Counts from the next scan on. Deciding the same again changes nothing. */
  async put(caller: Caller, { ifVersion, ...input }: NewPolicy): Promise<PolicyVersion> {
    caller.may('admin:write');
    const checks = new InputChecks();
    const given = checkPolicy(input, this.controlIdOf, checks);
    checks.done('invalid-policy', 'The policy cannot be stored as given.');

    return this.store.inTenant(caller.tenantId, async (tx) => {
      if (!(await tx.organisation.lock())) throw notFound('organisation');
      const before = await tx.policies.current();
      if (ifVersion !== undefined && ifVersion !== before.version) {
        throw new AppError('conflict', 'policy-changed', `The policy is at version ${before.version} by now, not at ${ifVersion}. Read it again, and decide anew.`);
      }
      const policy: Policy = { ...pick(before), ...given };
      const changed = policyFields.filter((field) => !isDeepStrictEqual(policy[field], before[field]));
      if (changed.length === 0) return before;
      const version = before.version + 1;
      const after = await tx.policies.insert({ id: uuidFrom('policy', caller.tenantId, version), version, decidedBy: caller.keyId, policy });
      await tx.events.append([policyChanged(caller.tenantId, before, after, changed)]);
      return after;
    });
  }
}

const pick = (policy: Policy): Policy => Object.fromEntries(policyFields.map((field) => [field, policy[field]])) as unknown as Policy;

