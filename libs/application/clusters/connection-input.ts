import { invalid, type InputProblem } from '../app-error.js';
import type { ClusterConnection } from '../ports/cluster-collector.js';
import { refusalOf, type KubeconfigParser } from '../ports/kubeconfig-parser.js';

/** How a caller says where a cluster is: in fields, or as a kubeconfig that is read as data. */
export type ConnectionInput =
  | {
      readonly server: string;
      /** PEM; absent: the public roots. */
      readonly ca?: string;
      readonly serverName?: string;
      readonly token?: string;
      /** PEM, with `clientKey` instead of `token`. */
      readonly clientCertificate?: string;
      readonly clientKey?: string;
    }
  | { readonly kubeconfig: string; readonly context?: string };

/** Where the one cluster and user of the kubeconfig that we write ourselves come from. */
const fields: Readonly<Record<string, string>> = {
  '/clusters/0/cluster/server': '/server',
  '/clusters/0/cluster/certificate-authority-data': '/ca',
  '/clusters/0/cluster/tls-server-name': '/serverName',
  '/users/0/user/token': '/token',
  '/users/0/user/client-certificate-data': '/clientCertificate',
  '/users/0/user/client-key-data': '/clientKey',
};

/**
 * Checks and completes the input. Fields take the way of the kubeconfig, so both are held to the same rules.
 * Throws `kubeconfig-refused` or `connection-refused` with every problem at its pointer below `at`.
 */
export function connectionFrom(input: ConnectionInput, parse: KubeconfigParser, at: string): ClusterConnection {
  const isKubeconfig = 'kubeconfig' in input;
  try {
    const { server, ca, serverName, credential } = isKubeconfig
      ? parse(input.kubeconfig, input.context === undefined ? {} : { context: input.context })
      : parse(kubeconfigOf(input), {});
    return { server, ...(ca === undefined ? {} : { ca }), ...(serverName === undefined ? {} : { serverName }), credential };
  } catch (error) {
    const problems = refusalOf(error);
    if (!problems) throw error;
    if (isKubeconfig) {
      const placed = problems.map((problem) => ({ ...problem, pointer: `${at}/kubeconfig`, detail: problem.pointer === '' ? problem.detail : `${problem.pointer}: ${problem.detail}` }));
      throw invalid('kubeconfig-refused', 'This kubeconfig cannot be used as it is.', placed);
    }
    throw invalid('connection-refused', 'The cluster cannot be reached with this connection as given.', problems.map((problem) => asField(problem, at)));
  }
}

function kubeconfigOf(input: Exclude<ConnectionInput, { readonly kubeconfig: string }>): string {
  const base64 = (pem: string | undefined): string | undefined => (pem === undefined ? undefined : Buffer.from(pem).toString('base64'));
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'given',
    contexts: [{ name: 'given', context: { cluster: 'given', user: 'given' } }],
    clusters: [{ name: 'given', cluster: { server: input.server, 'certificate-authority-data': base64(input.ca), 'tls-server-name': input.serverName } }],
    users: [{ name: 'given', user: { token: input.token, 'client-certificate-data': base64(input.clientCertificate), 'client-key-data': base64(input.clientKey) } }],
  });
}

function asField({ pointer, detail, type }: InputProblem, at: string): InputProblem {
  return { pointer: at + (fields[pointer] ?? ''), detail, ...(type === undefined ? {} : { type: type.replace(/^kubeconfig-/, 'connection-') }) };
}
