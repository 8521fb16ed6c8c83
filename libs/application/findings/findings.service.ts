import { notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import type { Event } from '../events/event.js';
import { InputChecks } from '../input-checks.js';
import type { ListKind, Lists } from '../lists.js';
import type { Page, PageRequest } from '../paging.js';
import { decisionOf } from '../organisations/policy.js';
import type { Store, TenantTransaction } from '../ports/store.js';
import { severityRank, type Finding, type FindingFilter, type FindingKey, type FindingOrder, type ShownFinding } from './finding.js';

/** Its name is another than that of lists whose cursors had one rank: theirs are refused. */
const listBy = (order: FindingOrder): ListKind<FindingKey> => ({
  name: `findings-worst-by-${order}`,
  toParts: ({ severityRank: rank, risk, at, id }) => [rank, risk, at.getTime(), id],
  fromParts: ([rank, risk, at, id]) => ({ severityRank: Number(rank), risk: Number(risk), at: new Date(Number(at)), id: String(id) }),
});
const lists: Readonly<Record<FindingOrder, ListKind<FindingKey>>> = { risk: listBy('risk'), severity: listBy('severity') };
const keyOf = ({ risk, severity, changedAt, id }: Finding): FindingKey => ({ severityRank: severityRank[severity], risk, at: changedAt, id });

const history: ListKind<number> = { name: 'finding-history', toParts: (position) => [position], fromParts: ([position]) => Number(position) };

/** Names of Kubernetes objects are shorter. */
const LONGEST = 253;

async function shown(tx: TenantTransaction, findings: readonly Finding[]): Promise<readonly ShownFinding[]> {
  if (findings.length === 0) return [];
  const policy = await tx.policies.current();
  return findings.map((finding) => {
    const decision = decisionOf(policy, finding.controlId);
    return { ...finding, switchedOff: decision?.isOff ? decision.reason : null };
  });
}

export class FindingsService {
  constructor(
    private readonly store: Store,
    private readonly lists: Lists,
  ) {}

  /** Worst first, then latest change first. Only open ones unless `state` says otherwise. */
  async list(caller: Caller, filter: FindingFilter, request: PageRequest, order: FindingOrder = 'risk'): Promise<Page<ShownFinding>> {
    caller.may('findings:read');
    const checks = new InputChecks();
    for (const field of ['controlId', 'kind', 'search'] as const) {
      const value = filter[field];
      if (value !== undefined) checks.text(value, `/${field}`, LONGEST);
    }
    checks.require(filter.minRisk === undefined || (Number.isInteger(filter.minRisk) && filter.minRisk >= 0 && filter.minRisk <= 100), '/minRisk', 'a whole number from 0 to 100');
    // '' asks for cluster-scoped objects.
    if (filter.namespace) checks.text(filter.namespace, '/namespace', LONGEST);
    checks.done('invalid-filter', 'The findings cannot be filtered like this.');

    const slice = this.lists.slice(lists[order], caller.tenantId, request);
    const found = await this.store.inTenant(caller.tenantId, async (tx) => {
      const { items, hasMore } = await tx.findings.list({ ...filter, state: filter.state ?? 'open' }, slice, order);
      return { items: await shown(tx, items), hasMore };
    });
    return this.lists.page(lists[order], caller.tenantId, request, found, keyOf);
  }

  async get(caller: Caller, id: string): Promise<ShownFinding> {
    caller.may('findings:read');
    const [finding] = await this.getMany(caller, [id]);
    if (!finding) throw notFound('finding');
    return finding;
  }

  /** Those of the ids that the caller's organisation has, for loading relations. */
  async getMany(caller: Caller, ids: readonly string[]): Promise<readonly ShownFinding[]> {
    caller.may('findings:read');
    return this.store.inTenant(caller.tenantId, async (tx) => shown(tx, await tx.findings.getMany(ids)));
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
