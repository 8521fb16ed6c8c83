import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { webhookDocuments } from './webhook-documents.js';

/** Holds the description of REST for the page that serves it; made when the application is complete. */
export class OpenApi {
  private make: (() => OpenAPIObject) | undefined;
  private text: string | undefined;

  of(app: INestApplication): void {
    this.make = () => openApiDocument(app);
  }

  json(): string {
    if (!this.make) throw new Error('The API is described before it is complete.');
    this.text ??= `${JSON.stringify(this.make(), null, 2)}\n`;
    return this.text;
  }
}

const tags: Readonly<Record<string, string>> = {
  organisations: 'Tenants, and what each decides for all its clusters.',
  'api-keys': 'Keys and what they may do.',
  clusters: 'Clusters, their credentials and rights.',
  snapshots: 'Evidence without a connection.',
  nodes: 'What node collectors, kube-bench and providers say of a cluster, and the keys that collectors sign with.',
  scans: 'Scans, their progress and their results.',
  schedules: 'Regular scans.',
  findings: 'What fails, and since when.',
  controls: 'The catalogue of controls.',
  frameworks: 'Frameworks and benchmarks, the controls that answer them, and how clusters stand by them.',
  access: 'Who can do what in a cluster, and why.',
  reachability: 'What reaches what in a cluster, and by which rule.',
  'pod-security': 'What the Pod Security Standards say.',
  webhooks: 'Being told, and the log of it.',
  events: 'The feed that webhooks are made of.',
};

/** Of the interface, which only ever grows; what breaks gets another path. */
const version = '1.0.0';

const about = `Posture of Kubernetes clusters: evidence in, proven verdicts and signed webhooks out.

Every request carries an API key: \`Authorization: Bearer bwk_…\`. Errors are \`application/problem+json\` (RFC 9457). Lists take
\`first\` and \`after\`, and answer with \`items\` and \`pageInfo\`. \`X-Request-Id\` is sent back, \`traceparent\` is carried on.
The same is offered as GraphQL at \`/graphql\`.`;

/** OpenAPI 3.1 of everything under /v1. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Bulwark')
    .setDescription(about)
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'This installation')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'API key', description: "An organisation's API key, or for organisations the operator's key." }, 'key')
    .addSecurityRequirements('key');
  for (const [name, description] of Object.entries(tags)) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build());
  return webhookDocuments(sorted(document));
}

/** In an order that does not depend on which file was loaded first. */
function sorted(document: OpenAPIObject): OpenAPIObject {
  const byName = <T>(map: Record<string, T> | undefined): Record<string, T> => Object.fromEntries(Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)));
  const { openapi, info, servers, tags: groups, security, paths, components } = document;
  return { openapi, info, servers, tags: groups, security, paths: byName(paths), components: { ...components, schemas: byName(components?.schemas) } };
}
