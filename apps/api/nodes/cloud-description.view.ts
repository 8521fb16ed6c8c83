import type { KeptCloudDescription } from '#application/nodes/kept-nodes.js';
import type { CloudProvider } from '#benchmarks/rules/rule.js';
import { ApiField } from '../schema/api-field.js';
import { namedEnum } from '../schema/named-enum.js';
import { Parameters, View, view } from '../schema/shapes.js';

const providerEnum = namedEnum('CloudProvider', ['eks', 'aks', 'gke'] as const satisfies readonly CloudProvider[], 'Who runs the control plane.');

@Parameters()
export class UploadCloudDescriptionParameters {
  @ApiField.oneOf(providerEnum, { about: 'Whose description it is.' })
  readonly provider: CloudProvider;
}

@View('CloudDescription', 'What is kept of what a provider says of a cluster.')
export class CloudDescriptionView {
  @ApiField.id({ about: 'Id of this description; the next one of the cluster has another.' })
  readonly id: string;

  @ApiField.id({ about: 'The cluster that it is of.' })
  readonly clusterId: string;

  @ApiField.oneOf(providerEnum, { about: 'Whose description it is.' })
  readonly provider: CloudProvider;

  @ApiField.text({ about: "The cluster's name there.", isNullable: true })
  readonly name: string | null;

  @ApiField.json({ about: 'The fields that are kept, nested as the provider has them; `[set]` where something is set whose value nothing reads.' })
  readonly fields: unknown;

  @ApiField.time({ about: 'When it was received; a description does not tell when it was made.' })
  readonly receivedAt: Date;

  @ApiField.id({ about: 'The API key that uploaded it.' })
  readonly uploadedBy: string;

  static of(this: void, { stored: { id, clusterId, provider, receivedAt, uploadedBy }, description }: KeptCloudDescription): CloudDescriptionView {
    return view(CloudDescriptionView, { id, clusterId, provider, name: description.name ?? null, fields: description.fields, receivedAt, uploadedBy });
  }
}
