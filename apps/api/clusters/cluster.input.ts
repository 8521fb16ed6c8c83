import { invalid } from '#application/app-error.js';
import type { ClusterChange } from '#application/clusters/cluster.js';
import type { RegisterCluster } from '#application/clusters/clusters.service.js';
import type { ConnectionInput } from '#application/clusters/connection-input.js';
import type { BenchmarkId } from '#benchmarks/benchmark.js';
import { benchmarkEnum } from '../benchmarks/benchmark-enum.js';
import { ApiField } from '../schema/api-field.js';
import { Input } from '../schema/shapes.js';

/** Certificates and a kubeconfig are larger than other texts. */
const longText = 256 * 1024;
const labels = { max: 50, maxLength: 253, example: { team: 'payments' } };

@Input('ConnectionInput', 'How to reach a cluster: the fields `server` and so on, or a kubeconfig that is read as data. Write-only.')
export class ConnectionFields {
  @ApiField.text({ about: 'Address of the API server.', isOptional: true, maxLength: 2_000, example: 'https://10.0.0.1:6443' })
  readonly server?: string;

  @ApiField.text({ about: 'CA certificates (PEM) that the server is checked against; the public roots where not given.', isOptional: true, maxLength: longText })
  readonly ca?: string;

  @ApiField.text({ about: "Name that the server's certificate carries, where it is not the address.", isOptional: true, maxLength: 253 })
  readonly serverName?: string;

  @ApiField.text({ about: 'Bearer token.', isOptional: true, maxLength: longText })
  readonly token?: string;

  @ApiField.text({ about: 'Client certificate (PEM), with `clientKey` instead of `token`.', isOptional: true, maxLength: longText })
  readonly clientCertificate?: string;

  @ApiField.text({ about: 'Private key (PEM) of the client certificate.', isOptional: true, maxLength: longText })
  readonly clientKey?: string;

  @ApiField.text({ about: 'A kubeconfig, instead of all the fields above. What would run a command or read a file is refused.', isOptional: true, maxLength: longText })
  readonly kubeconfig?: string;

  @ApiField.text({ about: 'Context of the kubeconfig; its current one where not given.', isOptional: true, maxLength: 253 })
  readonly context?: string;
}

/** Tells the two forms apart; `at` is where the fields stand in the input. */
export function connectionInput({ kubeconfig, context, server, ...rest }: ConnectionFields, at: string): ConnectionInput {
  const mixed = (pointer: string, detail: string) => invalid('connection-refused', 'The cluster cannot be reached with this connection as given.', [{ pointer: `${at}${pointer}`, detail }]);
  if (kubeconfig !== undefined) {
    const surplus = Object.entries({ server, ...rest }).find(([, value]) => value !== undefined);
    if (surplus) throw mixed(`/${surplus[0]}`, 'either a kubeconfig or the fields, not both');
    return { kubeconfig, ...(context === undefined ? {} : { context }) };
  }
  if (context !== undefined) throw mixed('/context', 'only together with a kubeconfig');
  if (server === undefined) throw mixed('/server', 'the address of the API server, or a kubeconfig instead');
  return { server, ...rest };
}

@Input('RegisterClusterInput', 'A cluster to watch over.')
export class RegisterClusterInput {
  @ApiField.text({ about: "Its name, unique among the organisation's clusters.", minLength: 1, maxLength: 253, example: 'shop-eu-1' })
  readonly name: string;

  @ApiField.texts({ about: 'Labels of your own.', isOptional: true, ...labels })
  readonly labels?: Readonly<Record<string, string>>;

  @ApiField.text({ about: 'Such as `production`, in your own words.', isOptional: true, maxLength: 63 })
  readonly environment?: string;

  @ApiField.object(() => ConnectionFields, { about: 'How to reach it; left out for a cluster whose evidence is uploaded.', isOptional: true })
  readonly connection?: ConnectionFields;

  static toRegistration(this: void, { connection, ...rest }: RegisterClusterInput): RegisterCluster {
    return { ...rest, ...(connection === undefined ? {} : { connection: connectionInput(connection, '/connection') }) };
  }
}

@Input('UpdateClusterInput', 'What to change; what is left out stays.')
export class UpdateClusterInput implements ClusterChange {
  @ApiField.text({ about: 'A new name.', isOptional: true, minLength: 1, maxLength: 253 })
  readonly name?: string;

  @ApiField.texts({ about: 'Labels that replace all present ones.', isOptional: true, ...labels })
  readonly labels?: Readonly<Record<string, string>>;

  @ApiField.text({ about: 'A new environment; null takes it away.', isOptional: true, isNullable: true, maxLength: 63 })
  readonly environment?: string | null;

  @ApiField.oneOf(benchmarkEnum, { about: 'The benchmark to judge it by, whatever its platform and version; null takes the choice back.', isOptional: true, isNullable: true })
  readonly benchmark?: BenchmarkId | null;
}
