import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { CollectionError, type ClusterConnection } from '#application/ports/cluster-collector.js';

export interface OperatorConnection {
  readonly context: string;
  readonly connection: ClusterConnection;
  /** The credential came from a plugin or a provider and ends soon: ask anew before every scan. */
  readonly isShortLived: boolean;
}

/** Contexts named to somebody who gave a wrong one. */
const MOST_NAMES = 10;

/**
 * Reads the operator's own kubeconfig, as kubectl would: files are opened and credential plugins are run with the
 * operator's rights. Only for a file that whoever starts the program names; what users send goes through
 * `parseKubeconfig`. Without a file it is what kubectl would take: `KUBECONFIG`, then `~/.kube/config`.
 * Throws `CollectionError`.
 */
export async function operatorConnection({ file, context }: { readonly file?: string; readonly context?: string } = {}): Promise<OperatorConnection> {
  const config = loaded(file);
  if (context !== undefined) config.setCurrentContext(context);
  const name = config.getCurrentContext();
  if (!config.getContextObject(name)) throw unusable(`${context === undefined ? 'it has no current context; name one' : `it has no context "${context}"`}; it has ${named(config.getContexts())}`);
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  if (!cluster || !user) throw unusable(`its context "${name}" names no cluster or no user that is in it`);
  if (cluster.skipTLSVerify) throw unusable('it switches the check of the server certificate off; give the CA instead');
  if (cluster.proxyUrl !== undefined) throw unusable('it goes through a proxy, which is not supported');
  // The client wants this said before it takes plain http; whether that is spoken is for the address policy to decide.
  if (/^http:/i.test(cluster.server)) config.clusters = config.getClusters().map((one) => ({ ...one, skipTLSVerify: true }));
  if (user.impersonateUser !== undefined) throw unusable('it acts as somebody else (impersonation), which is not supported');

  const { headers, cert, key, ca } = await credentialsOf(config);
  const token = /^Bearer (\S+)$/i.exec(String((headers as Readonly<Record<string, unknown>> | undefined)?.['Authorization'] ?? ''))?.[1];
  const credential = token !== undefined ? ({ kind: 'token', token } as const) : cert && key ? ({ kind: 'client-certificate', certificate: pem(cert), key: pem(key) } as const) : undefined;
  if (!credential) throw unusable(`its user "${user.name}" has neither a token nor a client certificate`);
  return {
    context: name,
    connection: {
      server: cluster.server,
      credential,
      ...(ca && { ca: pem(ca) }),
      ...(cluster.tlsServerName !== undefined && { serverName: cluster.tlsServerName }),
    },
    isShortLived: Boolean(user.exec ?? user.authProvider),
  };
}

function named(contexts: readonly { readonly name: string }[]): string {
  const left = contexts.length - MOST_NAMES;
  return contexts.length === 0 ? 'none' : `${contexts.slice(0, MOST_NAMES).map(({ name }) => name).join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

function loaded(file: string | undefined): KubeConfig {
  const config = new KubeConfig();
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (error) {
    throw unusable(`it cannot be read (${codeOf(error)})`);
  }
  return config;
}

async function credentialsOf(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw unusable(`its credential plugin failed or a file that it names cannot be read (${codeOf(error)})`);
  }
  return options;
}

/** Never the message: a plugin's output may be in it. */
const codeOf = (error: unknown): string => (error instanceof Error ? ('code' in error && typeof error.code === 'string' ? error.code : error.name) : 'unknown');

const pem = (value: NonNullable<RequestOptions['cert'] | RequestOptions['key']>): string => (Array.isArray(value) ? value : [value]).map((part) => (typeof part === 'object' && 'pem' in part ? String(part.pem) : String(part))).join('\n');

const unusable = (why: string): CollectionError => new CollectionError('kubeconfig-unusable', `the kubeconfig cannot be used: ${why}`);
