import type { NodeFacts, PodTemplate, Platform, ServiceAccountFacts } from '#inventory/facts.js';
import type { World } from '../engine/world.js';

/** How one cloud gives pods an identity, and by what its static keys are known. */
export interface Cloud {
  readonly name: string;
  /** What gives pods an identity there, for messages. */
  readonly identity: string;
  readonly platforms: readonly Platform[];
  /** How nodes' provider ids begin. */
  readonly providerId: string;
  /** Annotations of service accounts that stand for an identity. */
  readonly annotations: readonly string[];
  /** Variables that a webhook gives to pods with an identity. */
  readonly injected: readonly string[];
  /** DaemonSets and Deployments that hand identities out. */
  readonly agents: readonly string[];
  readonly nodeLabel?: string;
  readonly podLabel?: string;
  /** Variables that hold a static key. */
  readonly keys: ReadonlySet<string>;
  /** A variable with the path of a file that does, where the file is of a Secret. */
  readonly keyFiles: ReadonlySet<string>;
  /** Names by which people call Secrets with a static key. */
  readonly secretName: RegExp;
  /** Detectors of credentials in plain text that are keys of it. */
  readonly detectors: ReadonlySet<string>;
}

export const clouds: readonly Cloud[] = [
  {
    name: 'AWS', identity: 'EKS Pod Identity or IAM roles for service accounts', platforms: ['eks'], providerId: 'aws://',
    annotations: ['eks.amazonaws.com/role-arn'], injected: ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'AWS_WEB_IDENTITY_TOKEN_FILE'], agents: ['eks-pod-identity-agent'],
    keys: new Set(['AWS_SECRET_ACCESS_KEY', 'AWS_SECRET_KEY', 'AWS_ACCESS_KEY_ID']), keyFiles: new Set(['AWS_SHARED_CREDENTIALS_FILE']),
    secretName: /(?:^|[-.])(?:aws|s3|ecr|route53)(?:[-.][a-z0-9]+)*[-.](?:credentials?|creds|access-keys?|secret-keys?|keys?)$/, detectors: new Set(['aws', 'aws-access-key']),
  },
  {
    name: 'Google Cloud', identity: 'Workload Identity Federation for GKE', platforms: ['gke'], providerId: 'gce://',
    annotations: ['iam.gke.io/gcp-service-account'], injected: [], agents: ['gke-metadata-server'], nodeLabel: 'iam.gke.io/gke-metadata-server-enabled',
    keys: new Set(['GOOGLE_CREDENTIALS', 'GOOGLE_CREDENTIALS_JSON', 'GCLOUD_KEYFILE_JSON', 'GCP_SERVICE_ACCOUNT_KEY', 'GOOGLE_SERVICE_ACCOUNT_KEY']), keyFiles: new Set(['GOOGLE_APPLICATION_CREDENTIALS', 'CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE']),
    secretName: /(?:^|[-.])(?:gcp|gcs|gcr|google|google-cloud|clouddns)(?:[-.][a-z0-9]+)*[-.](?:credentials?|creds|sa-key|service-account-key|key|keyfile)$/, detectors: new Set(['gcp']),
  },
  {
    name: 'Azure', identity: 'Microsoft Entra Workload ID', platforms: ['aks'], providerId: 'azure://',
    annotations: ['azure.workload.identity/client-id'], injected: ['AZURE_FEDERATED_TOKEN_FILE'], agents: ['azure-wi-webhook-controller-manager'], podLabel: 'azure.workload.identity/use',
    keys: new Set(['AZURE_CLIENT_SECRET', 'ARM_CLIENT_SECRET', 'AZURE_STORAGE_KEY', 'AZURE_STORAGE_ACCOUNT_KEY', 'AZURE_STORAGE_CONNECTION_STRING']), keyFiles: new Set(['AZURE_CLIENT_CERTIFICATE_PATH', 'AZURE_AUTH_LOCATION']),
    secretName: /(?:^|[-.])azure(?:[-.][a-z0-9]+)*[-.](?:credentials?|creds|client-secret|storage-key|key)$/, detectors: new Set(['azure-storage', 'azure-sas', 'azure-client-secret']),
  },
];

/** The cloud whose machines the nodes are; undefined where it is none that gives pods identities. */
export const cloudOf = ({ cluster }: World, nodes: readonly NodeFacts[]): Cloud | undefined =>
  clouds.find(({ platforms }) => platforms.includes(cluster.platform)) ?? clouds.find(({ providerId }) => nodes.some((node) => node.providerId.startsWith(providerId)));

export const hasIdentity = ({ annotations }: Cloud, account: ServiceAccountFacts): boolean => annotations.some((name) => (account.annotations?.[name] ?? '') !== '');

/** Whether pods of the template get an identity of the cloud. */
export const isGivenIdentity = ({ injected, podLabel }: Cloud, { containers, labels }: PodTemplate): boolean =>
  (podLabel !== undefined && labels[podLabel] === 'true') || containers.some(({ env }) => env.some(({ name }) => injected.includes(name)));

/** What a template holds of static keys: variables by name, Secrets by theirs. */
export interface StaticKeys {
  readonly variables: readonly string[];
  readonly secrets: readonly string[];
}

export function staticKeysIn({ keys, keyFiles, secretName }: Cloud, { containers, volumes }: PodTemplate): StaticKeys {
  const variables = new Set<string>();
  const secrets = new Set<string>();
  const fromSecret = new Set(volumes.filter(({ source, secrets: projected = [] }) => source === 'secret' || projected.length > 0).map(({ name }) => name));
  for (const { env, mounts } of containers) {
    for (const { name, source, from } of env) {
      if (keys.has(name)) variables.add(name);
      // The path is not known; a file of a federation's settings would come from a ConfigMap.
      else if (keyFiles.has(name) && mounts.some(({ volume }) => fromSecret.has(volume))) variables.add(name);
      else if (source === 'secret' && from !== undefined && name.endsWith('*') && secretName.test(from)) secrets.add(from);
    }
  }
  for (const { source, of } of volumes) if (source === 'secret' && of !== undefined && secretName.test(of)) secrets.add(of);
  return { variables: [...variables], secrets: [...secrets] };
}
