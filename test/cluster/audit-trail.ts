import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Flags } from './control-plane.js';

const entrySchema = z.object({ verb: z.string(), requestURI: z.string(), user: z.object({ username: z.string() }), responseStatus: z.object({ code: z.number() }).optional() });
/** One request that an API server answered. */
export type AuditEntry = Readonly<z.infer<typeof entrySchema>>;

/** What an API server wrote down about the requests of some users. */
export interface AuditTrail {
  /** For the API server that is to keep it. */
  readonly flags: Flags;
  /** In the order in which they were answered. */
  entries(): Promise<readonly AuditEntry[]>;
  remove(): Promise<void>;
}

export async function auditTrail(users: readonly string[]): Promise<AuditTrail> {
  const folder = await mkdtemp(join(tmpdir(), 'audit-trail-'));
  const policy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules: [{ level: 'Metadata', users }, { level: 'None' }] };
  await writeFile(join(folder, 'policy.json'), JSON.stringify(policy));
  return {
    flags: { 'audit-policy-file': join(folder, 'policy.json'), 'audit-log-path': join(folder, 'audit.log') },
    entries: async () => {
      const text = await readFile(join(folder, 'audit.log'), 'utf8');
      return text.split('\n').filter((line) => line !== '').map((line) => entrySchema.parse(JSON.parse(line)));
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
