import type pg from 'pg';

export interface StoredEvent {
  readonly id: string;
  readonly position: number;
  readonly type: string;
  readonly isBaseline: boolean;
  readonly severity: string | null;
  readonly clusterId: string;
  readonly scanId: string;
  readonly data: { readonly finding?: { readonly key: string; readonly transition: string; readonly sequence: number } };
}

export async function eventsOf(admin: pg.Client, tenantId: string): Promise<readonly StoredEvent[]> {
  const { rows } = await admin.query<StoredEvent>(
    `select e.id, (s.first_position + e.ordinal)::int as position, e.type, e.is_baseline as "isBaseline", e.severity, s.cluster_id as "clusterId", s.scan_id as "scanId", e.data
     from bulwark.events e join bulwark.event_segments s on s.id = e.segment_id where e.tenant_id = $1 order by 2`,
    [tenantId],
  );
  return rows;
}

const queries = {
  findings: 'select to_jsonb(f) as row from bulwark.findings f where tenant_id = $1 order by key',
  scans: `select to_jsonb(s) - array['generation'] || jsonb_build_object('summary', s.summary - 'cost') as row from bulwark.scans s where tenant_id = $1 order by requested_at`,
  results: 'select to_jsonb(r) as row from bulwark.control_results r join bulwark.scans s on s.id = r.scan_id where r.tenant_id = $1 order by s.requested_at, r.control_id',
  memories: 'select to_jsonb(c) as row from bulwark.control_states c where tenant_id = $1 order by control_id',
  segments: 'select to_jsonb(s) as row from bulwark.event_segments s where tenant_id = $1 order by last_position',
  events: 'select to_jsonb(e) as row from bulwark.events e join bulwark.event_segments s on s.id = e.segment_id where e.tenant_id = $1 order by s.last_position, e.ordinal',
  deliveries: `select to_jsonb(d) - array['body', 'attempts'] || jsonb_build_object('body', convert_from(d.body, 'UTF8')) as row
    from bulwark.deliveries d join bulwark.webhook_endpoints e on e.id = d.endpoint_id where d.tenant_id = $1 order by e.mode, d.first_position`,
  endpoints: `select to_jsonb(e) - array['sealed_secrets', 'url'] as row from bulwark.webhook_endpoints e where tenant_id = $1 order by mode`,
  dueWork: `select to_jsonb(w) as row from bulwark.due_work w where tenant_id = $1 and topic <> 'retention.sweep'`,
  leftUploads: 'select to_jsonb(s) as row from bulwark.snapshots s where tenant_id = $1',
} as const;

/** All that an organisation's story left in the database, but for times and for which ids were drawn: two that went alike are equal. */
export async function storedStory(admin: pg.Client, tenantId: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const names = new Map<string, string>();
  const named = (id: string): string => names.get(id) ?? names.set(id, `id-${names.size + 1}`).get(id)!;
  const stored: Record<string, readonly string[]> = {};
  for (const [name, query] of Object.entries(queries)) {
    const { rows } = await admin.query<{ row: unknown }>(query, [tenantId]);
    stored[name] = rows.map(({ row }) =>
      JSON.stringify(row)
        .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, named)
        .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)/g, 'then'),
    );
  }
  return stored;
}
