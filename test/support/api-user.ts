import { setTimeout as sleep } from 'node:timers/promises';
import type { Requests } from './service.js';

/** As far as tests look at them; the whole shapes stand in openapi.json. */
export interface ScanBody {
  readonly id: string;
  readonly state: 'queued' | 'running' | 'finished' | 'failed' | 'cancelled';
  readonly isBaseline: boolean;
  readonly isComplete: boolean;
  readonly summary: { readonly controls: Readonly<Record<string, number>>; readonly findings: Readonly<Record<'opened' | 'reopened' | 'regressed' | 'resolved' | 'stillOpen', number>> } | null;
  readonly coverage: { readonly ratio: number | null; readonly missing: readonly { readonly resource: string; readonly reason: string | null; readonly detail: string }[] } | null;
  readonly failure: { readonly reason: string; readonly detail: string } | null;
}

export interface ResultBody {
  readonly controlId: string;
  readonly outcome: 'pass' | 'fail' | 'unknown' | 'not-applicable' | 'error';
  readonly isComplete: boolean;
  readonly unknowns: readonly { readonly fact: string; readonly reason: string; readonly detail: string }[];
  readonly error: string | null;
}

export interface FindingBody {
  readonly id: string;
  readonly key: string;
  readonly controlId: string;
  readonly severity: string;
  readonly state: 'open' | 'resolved';
  readonly transition: string;
  readonly isBaseline: boolean;
}

export interface EventBody {
  readonly id: string;
  readonly position: number;
  readonly type: string;
  readonly clusterId: string | null;
  readonly scanId: string | null;
  readonly isBaseline: boolean;
  readonly data: { readonly finding?: { readonly key: string } };
}

export interface VerificationBody {
  readonly state: 'queued' | 'done';
  readonly isReachable: boolean | null;
  readonly platform: string | null;
  readonly version: string | null;
  readonly rights: readonly { readonly resource: string; readonly verb: string; readonly isAllowed: boolean; readonly manifest: string; readonly unlocks: readonly string[] }[];
}

export interface FreshnessBody {
  readonly controlId: string;
  readonly lastOutcome: string;
  readonly lastEvaluatedAt: string;
  readonly lastCompleteAt: string | null;
}

const pollMs = 50;

/** What a script of an integrator does: asks, waits, and turns pages. */
export class ApiUser {
  constructor(readonly as: Requests) {}

  /** The id of the new cluster. */
  async register(name: string, connection?: object): Promise<string> {
    return (await this.as.post('/v1/clusters').send({ name, connection }).expect(201)).body.id;
  }

  async verify(clusterId: string): Promise<VerificationBody> {
    const { headers } = await this.as.post(`/v1/clusters/${clusterId}/verify`).expect(202);
    for (;;) {
      const verification: VerificationBody = (await this.as.get(headers['location']!).expect(200)).body;
      if (verification.state === 'done') return verification;
      await sleep(pollMs);
    }
  }

  /** Asks for a scan; its id. */
  async request(clusterId: string): Promise<string> {
    return (await this.as.post(`/v1/clusters/${clusterId}/scans`).expect(202)).body.id;
  }

  async ended(scanId: string): Promise<ScanBody> {
    for (;;) {
      const scan: ScanBody = (await this.as.get(`/v1/scans/${scanId}`).expect(200)).body;
      if (scan.state !== 'queued' && scan.state !== 'running') return scan;
      await sleep(pollMs);
    }
  }

  async scan(clusterId: string): Promise<ScanBody> {
    return this.ended(await this.request(clusterId));
  }

  /** By control. */
  async results(scanId: string): Promise<ReadonlyMap<string, ResultBody>> {
    const items: readonly ResultBody[] = (await this.as.get(`/v1/scans/${scanId}/results`).expect(200)).body.items;
    return new Map(items.map((item) => [item.controlId, item]));
  }

  findings(filter: Readonly<Record<string, string>>): Promise<readonly FindingBody[]> {
    return this.pages<FindingBody>('/v1/findings', filter);
  }

  /** Keys of what is open, sorted. */
  async openKeys(clusterId: string): Promise<readonly string[]> {
    return (await this.findings({ clusterId })).map(({ key }) => key).sort();
  }

  /** The feed behind a position. */
  events(after: number = 0): Promise<readonly EventBody[]> {
    return this.pages<EventBody>('/v1/events', { after: String(after) });
  }

  async freshness(clusterId: string): Promise<ReadonlyMap<string, FreshnessBody>> {
    const items: readonly FreshnessBody[] = (await this.as.get(`/v1/clusters/${clusterId}/freshness`).expect(200)).body.items;
    return new Map(items.map((item) => [item.controlId, item]));
  }

  private async pages<T>(path: string, parameters: Readonly<Record<string, string>>): Promise<readonly T[]> {
    const all: T[] = [];
    for (let after = parameters['after']; ; ) {
      const { body } = await this.as.get(path).query({ first: 100, ...parameters, ...(after !== undefined && { after }) }).expect(200);
      all.push(...(body.items as readonly T[]));
      if (!body.pageInfo.hasNextPage) return all;
      after = body.pageInfo.endCursor;
    }
  }
}
