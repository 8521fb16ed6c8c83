import { randomUUID } from 'node:crypto';
import { attestationProblem } from '#benchmarks/outcomes/attestation.js';
import type { AttestationProblem, AttestationState } from '#benchmarks/outcomes/attestation.js';
import { conflict, invalid, notFound } from '../app-error.js';
import type { Caller } from '../caller.js';
import { InputChecks } from '../input-checks.js';
import { byTime, type Lists } from '../lists.js';
import type { Page, PageRequest } from '../paging.js';
import type { Store } from '../ports/store.js';
import { attestationCreated, attestationRevoked } from './benchmark-events.js';
import { benchmarkOf } from './benchmark-catalogue.service.js';
import { meaningOf } from './benchmark-runs.service.js';
import { attestationOf } from './benchmark-report.js';
import { tellAt } from './tell-expiring.js';
import type { NewAttestation, StoredAttestation } from './stored-attestation.js';

export interface AttestItem {
  /** Its number in `benchmark`. */
  readonly itemId: string;
  /** The one of the cluster's latest run where not given. */
  readonly benchmark?: string;
  /** Who says so. */
  readonly person: string;
  readonly verdict: 'pass' | 'fail';
  /** What was looked at, and what was found. */
  readonly statement: string;
  readonly attachment?: { readonly name: string; readonly sha256: string };
  /** When it was looked at; now where not given. */
  readonly attestedAt?: Date;
  readonly expiresAt: Date;
}

/** How an attestation stands by itself: `revoked` and `replaced` count for nothing, as `expired`. */
export type AttestationStanding = Exclude<AttestationState, 'unused'> | 'revoked';

export const standingOfAttestation = ({ revokedAt, expiresAt }: StoredAttestation, now: Date): AttestationStanding => (revokedAt ? 'revoked' : expiresAt <= now ? 'expired' : 'in-force');

const list = byTime('attestations');

/** What people say of items that evidence cannot decide. The latest of an item counts, where it is neither revoked nor expired. */
export class AttestationsService {
  constructor(
    private readonly store: Store,
    private readonly lists: Lists,
  ) {}

  async create(caller: Caller, clusterId: string, input: AttestItem, now: Date = new Date()): Promise<StoredAttestation> {
    caller.may('findings:write');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const cluster = await tx.clusters.lock(clusterId);
      if (!cluster) throw notFound('cluster');
      const benchmark = input.benchmark === undefined ? (await tx.benchmarks.latest([cluster.id]))[0]?.benchmark : benchmarkOf(input.benchmark).id;
      if (benchmark === undefined) throw conflict('no-benchmark-run', 'No benchmark has been judged on this cluster yet. Say of which benchmark the item is.');
      const attestation = checked(input, now);
      const stored = await tx.attestations.insert({ ...attestation, id: randomUUID(), clusterId: cluster.id, benchmark, meaning: meaningOf(benchmark, input.itemId), recordedBy: caller.keyId });
      await tx.dueWork.schedule([{ topic: 'attestation.expire', subjectId: stored.id, dueAt: tellAt(stored) }]);
      await tx.events.append([attestationCreated(cluster, stored)]);
      return stored;
    });
  }

  async get(caller: Caller, id: string): Promise<StoredAttestation> {
    caller.may('scans:read');
    const attestation = await this.store.inTenant(caller.tenantId, (tx) => tx.attestations.get(id));
    if (!attestation) throw notFound('attestation');
    return attestation;
  }

  /** Newest first, with those that are revoked or expired. `itemId` is as the cluster's latest run numbers it. */
  async list(caller: Caller, { clusterId, itemId }: { readonly clusterId: string; readonly itemId?: string }, request: PageRequest): Promise<Page<StoredAttestation>> {
    caller.may('scans:read');
    const slice = this.lists.slice(list, caller.tenantId, request);
    return this.store.inTenant(caller.tenantId, async (tx) => {
      if (!(await tx.clusters.get(clusterId))) throw notFound('cluster');
      const benchmark = (await tx.benchmarks.latest([clusterId]))[0]?.benchmark;
      const meaning = itemId === undefined ? undefined : meaningOf(benchmark ?? 'cis-1.12', itemId);
      const found = await tx.attestations.list({ clusterId, ...(meaning !== undefined && { meaning }) }, slice);
      return this.lists.page(list, caller.tenantId, request, found, ({ createdAt, id }) => ({ at: createdAt, id }));
    });
  }

  /** Revoking again changes nothing. */
  async revoke(caller: Caller, id: string, { reason }: { readonly reason?: string } = {}, now: Date = new Date()): Promise<StoredAttestation> {
    caller.may('findings:write');
    const checks = new InputChecks();
    if (reason !== undefined) checks.text(reason, '/reason', 1_000);
    checks.done('invalid-attestation', 'The attestation cannot be revoked as asked.');
    return this.store.inTenant(caller.tenantId, async (tx) => {
      const attestation = await tx.attestations.lock(id);
      const cluster = attestation && (await tx.clusters.get(attestation.clusterId));
      if (!attestation || !cluster) throw notFound('attestation');
      if (attestation.revokedAt) return attestation;
      const revoked = (await tx.attestations.revoke(id, { by: caller.keyId, reason: reason ?? null, at: now }))!;
      await tx.dueWork.complete('attestation.expire', id);
      await tx.events.append([attestationRevoked(cluster, revoked)]);
      return revoked;
    });
  }
}

function checked({ itemId, person, verdict, statement, attachment, attestedAt, expiresAt }: AttestItem, now: Date): Omit<NewAttestation, 'id' | 'clusterId' | 'meaning' | 'benchmark' | 'recordedBy'> {
  const checks = new InputChecks();
  checks.text(person, '/person', 200);
  checks.text(statement, '/statement', 4_000);
  if (attachment) checks.text(attachment.name, '/attachment/name', 255);
  const attestation = { itemId, person, verdict, statement, attachmentName: attachment?.name ?? null, attachmentSha256: attachment?.sha256.toLowerCase() ?? null, attestedAt: attestedAt ?? now, expiresAt };
  const problem = attestationProblem(attestationOf(attestation), now);
  checks.done('invalid-attestation', 'The attestation cannot be recorded as given.');
  if (problem) throw invalid('invalid-attestation', 'The attestation cannot be recorded as given.', [{ pointer: pointers[problem.about], detail: problem.text }]);
  if (expiresAt <= now) throw invalid('invalid-attestation', 'The attestation cannot be recorded as given.', [{ pointer: '/expiresAt', detail: 'a time to come: this attestation would have ended already' }]);
  return attestation;
}

const pointers: Readonly<Record<AttestationProblem['about'], string>> = { by: '/person', statement: '/statement', at: '/attestedAt', expiresAt: '/expiresAt', attachment: '/attachment/sha256' };
