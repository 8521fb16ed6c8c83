import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import type { Event } from '../events/event.js';
import { InputChecks } from '../input-checks.js';
import type { ListKind, Lists } from '../lists.js';
import type { Page, PageRequest } from '../paging.js';
import type { Store } from '../ports/store.js';
import { severityRank, type Finding, type FindingFilter, type FindingKey } from './finding.js';

const list: ListKind<FindingKey> = {
  name: 'findings',
  toParts: ({ rank, at, id }) => [rank, at.getTime(), id],
  fromParts: ([rank, at, id]) => ({ rank: Number(rank), at: new Date(Number(at)), id: String(id) }),
};

const history: ListKind<number> = { name: 'finding-history', toParts: (position) => [position], fromParts: ([position]) => Number(position) };

/** Names of Kubernetes objects are shorter. */
const LONGEST = 253;

export class FindingsService {
  constructor(
    private readonly store: Store,
    private readonly lists: Lists,
  ) {}

  /** Worst first, then latest change first. Only open ones unless `state` says otherwise. */
  async list(caller: Caller, filter: FindingFilter, request: PageRequest): Promise<Page<Finding>> {
    caller.may('findings:read');
    const checks = new InputChecks();
    for (const field of ['controlId', 'kind', 'search'] as const) {
      const value = filter[field];
      if (value !== undefined) checks.text(value, `/${field}`, LONGEST);
    }
    // '' asks for cluster-scoped objects.
    if (filter.namespace) checks.text(filter.namespace, '/namespace', LONGEST);
    checks.done('invalid-filter', 'The findings cannot be filtered like this.');

    const slice = this.lists.slice(list, caller.tenantId, request);
    const found = await this.store.inTenant(caller.tenantId, (tx) => tx.findings.list({ ...filter, state: filter.state ?? 'open' }, slice));
    return this.lists.page(list, caller.tenantId, request, found, ({ severity, changedAt, id }) => ({ rank: severityRank[severity], at: changedAt, id }));
  }

  async get(caller: Caller, id: string): Promise<Finding> {
    caller.may('findings:read');
    const finding = await this.store.inTenant(caller.tenantId, (tx) => tx.findings.get(id));
    if (!finding) throw notFound('finding');
    return finding;
  }

  /** Those of the ids that the caller's organisation has, for loading relations. */
  async getMany(caller: Caller, ids: readonly string[]): Promise<readonly Finding[]> {
    caller.may('findings:read');
    return this.store.inTenant(caller.tenantId, (tx) => tx.findings.getMany(ids));
  }

  /** Its transitions as the feed told them, latest first, as far back as events are kept. */
  async history(caller: Caller, id: string, request: PageRequest): Promise<Page<Event>> {
    caller.may('findings:read');
    const slice = this.lists.slice(history, caller.tenantId, request);
    const found = await this.store.inTenant(caller.tenantId, async (tx) => {
      if (!(await tx.findings.get(id))) throw notFound('finding');
      return tx.events.ofFinding(id, slice);
    });
    return this.lists.page(history, caller.tenantId, request, found, ({ position }) => position);
  }
}
