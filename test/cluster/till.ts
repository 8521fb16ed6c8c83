import { until } from './until.js';
import { z } from 'zod';
import type { KubeCluster } from './kube-cluster.js';

/** Whose images are trusted here. */
export const tillRegistry = 'registry.shop.example';
export const tillNamespace = 'till';

/** What a deployment of this namespace does that it should not. */
export interface Fault {
  readonly hostPID?: boolean;
  readonly writableRoot?: boolean;
}

/** The account that a deployment of this name runs as. */
const account = (name: string): object => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: tillNamespace }, automountServiceAccountToken: false });

const probe = { httpGet: { path: '/healthz', port: 8080 } };

/** Lets one pod of a deployment go at a time. */
const budget = (name: string): object => ({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name, namespace: tillNamespace }, spec: { maxUnavailable: 1, selector: { matchLabels: { app: name } } } });

/** Nobody connects to a till, and it connects to nobody. */
const denyAll: object = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'deny-all', namespace: tillNamespace }, spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } };

/** A deployment that no control has anything against, but for `fault`. */
export const deployment = (name: string, { hostPID = false, writableRoot = false }: Fault = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: tillNamespace },
  spec: {
    replicas: 2,
    // Nothing gets ready here, and a rolling update would wait for that.
    strategy: { type: 'Recreate' },
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: false,
        hostPID,
        securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'app',
            image: `${tillRegistry}/${name}@sha256:${'0123456789abcdef'.repeat(4)}`,
            livenessProbe: probe,
            readinessProbe: probe,
            resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '200m', memory: '64Mi' } },
            securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: !writableRoot, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    },
  },
});

const statusSchema = z.object({
  metadata: z.object({ generation: z.number() }),
  status: z.object({ observedGeneration: z.number().default(0), replicas: z.number().default(0), updatedReplicas: z.number().default(0) }),
});

/** Applies a deployment and waits until only pods of its new template are left. */
export async function rollOut(cluster: KubeCluster, name: string, fault?: Fault): Promise<void> {
  await cluster.apply([denyAll, account(name), budget(name), deployment(name, fault)]);
  await until(`the pods of ${name} to be replaced`, async () => {
    const { body } = await cluster.request('GET', `/apis/apps/v1/namespaces/${tillNamespace}/deployments/${name}`);
    const { metadata, status } = statusSchema.parse(body);
    return status.observedGeneration >= metadata.generation && status.replicas === 2 && status.updatedReplicas === 2;
  });
}
