import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isAlias, parseAllDocuments, visit } from 'yaml';

const text = readFileSync(new URL('./shop.yaml', import.meta.url), 'utf8');
const documents = parseAllDocuments(text);
const everything: readonly unknown[] = documents.map((document) => document.toJS());

type Json = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const mapAt = (value: unknown, key: string): Json => (isMap(value) && isMap(value[key]) ? value[key] : {});
const textAt = (value: unknown, key: string): string => (isMap(value) && typeof value[key] === 'string' ? value[key] : '');
const listAt = (value: unknown, key: string): readonly Json[] => {
  const list = isMap(value) ? value[key] : undefined;
  return Array.isArray(list) ? list.filter(isMap) : [];
};

const objects = everything.filter(isMap);
const kind = (object: Json): string => textAt(object, 'kind');
const name = (object: Json): string => textAt(mapAt(object, 'metadata'), 'name');
const namespace = (object: Json): string => textAt(mapAt(object, 'metadata'), 'namespace');
const identity = (object: Json): string => `${kind(object)} ${namespace(object)}/${name(object)}`;
const ofKind = (...kinds: readonly string[]): readonly Json[] => objects.filter((object) => kinds.includes(kind(object)));
const known = new Map(objects.map((object) => [identity(object), object]));
const exists = (wanted: string): boolean => known.has(wanted);

const templates: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  Pod: ['spec'],
};
const podSpec = (object: Json): Json => (templates[kind(object)] ?? ['nothing']).reduce<Json>(mapAt, object);
const podSpecs = ofKind(...Object.keys(templates)).map((object) => ({ object, spec: podSpec(object) }));
const containers = (spec: Json): readonly Json[] =>
  ['initContainers', 'containers', 'ephemeralContainers'].flatMap((key) => listAt(spec, key));
const labelsOf = (object: Json): Json => mapAt(mapAt(object, 'metadata'), 'labels');
const matches = (labels: Json, selector: Json): boolean => Object.entries(selector).every(([key, value]) => labels[key] === value);

const nonNamespaced = new Set([
  'Namespace',
  'Node',
  'PersistentVolume',
  'ClusterRole',
  'ClusterRoleBinding',
  'StorageClass',
  'PriorityClass',
  'IngressClass',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ClusterPolicy',
]);

describe('the bundled sample snapshot', () => {
  it('parses without errors, warnings or anchors', () => {
    expect(documents.flatMap((document) => [...document.errors, ...document.warnings])).toEqual([]);
    expect(objects).toHaveLength(documents.length);
    let shared = 0;
    for (const document of documents)
      visit(document, {
        Node: (_key, node) => {
          if (isAlias(node) || node.anchor !== undefined) shared += 1;
        },
      });
    expect(shared).toBe(0);
  });

  it('stays small enough to be read and shipped', () => {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(350 * 1024);
  });

  it('gives every object an apiVersion, a kind, a name and a uid', () => {
    const bare = objects.filter(
      (object) => !textAt(object, 'apiVersion') || !kind(object) || !name(object) || !textAt(mapAt(object, 'metadata'), 'uid'),
    );
    expect(bare.map(identity)).toEqual([]);
  });

  it('has each identity and each uid once', () => {
    expect(known.size).toBe(objects.length);
    expect(new Set(objects.map((object) => textAt(mapAt(object, 'metadata'), 'uid'))).size).toBe(objects.length);
  });

  it('puts every namespaced object into a namespace that exists, and no other', () => {
    const lost = objects.filter((object) =>
      nonNamespaced.has(kind(object)) ? namespace(object) !== '' : !exists(`Namespace /${namespace(object)}`),
    );
    expect(lost.map(identity)).toEqual([]);
  });

  it('resolves every owner but the Rollout, a kind it does not hold', () => {
    const unresolved = objects.flatMap((object) =>
      listAt(mapAt(object, 'metadata'), 'ownerReferences').flatMap((owner) => {
        const found = known.get(`${kind(owner)} ${nonNamespaced.has(kind(owner)) ? '' : namespace(object)}/${textAt(owner, 'name')}`);
        const agrees =
          found !== undefined &&
          textAt(mapAt(found, 'metadata'), 'uid') === textAt(owner, 'uid') &&
          textAt(found, 'apiVersion') === textAt(owner, 'apiVersion');
        return agrees ? [] : [`${identity(object)} <- ${kind(owner)} ${textAt(owner, 'name')}`];
      }),
    );
    expect(unresolved).toEqual([expect.stringMatching(/^ReplicaSet shop-frontend\/edge-assets-\w+ <- Rollout edge-assets$/)]);
  });

  it('leaves one binding without its account and one without its role, on purpose', () => {
    const dangling = ofKind('RoleBinding', 'ClusterRoleBinding').flatMap((binding) => {
      const role = mapAt(binding, 'roleRef');
      const roleNamespace = kind(role) === 'Role' ? namespace(binding) : '';
      return [
        ...(exists(`${kind(role)} ${roleNamespace}/${textAt(role, 'name')}`) ? [] : [`${name(binding)} -> ${textAt(role, 'name')}`]),
        ...listAt(binding, 'subjects')
          .filter(
            (subject) =>
              kind(subject) === 'ServiceAccount' && !exists(`ServiceAccount ${textAt(subject, 'namespace')}/${textAt(subject, 'name')}`),
          )
          .map((subject) => `${name(binding)} -> ${textAt(subject, 'namespace')}/${textAt(subject, 'name')}`),
      ];
    });
    expect(dangling.sort()).toEqual(['heapster -> system:heapster-old', 'jenkins-deployer -> ci/jenkins']);
  });

  it('leaves one Ingress without its Service, on purpose', () => {
    const dangling = ofKind('Ingress').flatMap((ingress) =>
      listAt(mapAt(ingress, 'spec'), 'rules')
        .flatMap((rule) => listAt(mapAt(rule, 'http'), 'paths'))
        .map((path) => textAt(mapAt(mapAt(path, 'backend'), 'service'), 'name'))
        .filter((service) => !exists(`Service ${namespace(ingress)}/${service}`))
        .map((service) => `${identity(ingress)} -> ${service}`),
    );
    expect(dangling).toEqual(['Ingress legacy/promo -> promo-site']);
  });

  it('sends every webhook to a Service that exists', () => {
    const lost = ofKind('ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration')
      .flatMap((configuration) => listAt(configuration, 'webhooks'))
      .map((webhook) => mapAt(mapAt(webhook, 'clientConfig'), 'service'))
      .filter((service) => !exists(`Service ${textAt(service, 'namespace')}/${textAt(service, 'name')}`));
    expect(lost).toEqual([]);
  });

  it('selects at least one pod by every Service, disruption budget and replica set that wants some', () => {
    const pods = ofKind('Pod');
    const empty = ofKind('Service', 'PodDisruptionBudget', 'ReplicaSet').filter((object) => {
      const selector = mapAt(mapAt(object, 'spec'), 'selector');
      const wanted = kind(object) === 'Service' ? selector : mapAt(selector, 'matchLabels');
      if (Object.keys(wanted).length === 0 || mapAt(object, 'spec')['replicas'] === 0) return false;
      return !pods.some((pod) => namespace(pod) === namespace(object) && matches(labelsOf(pod), wanted));
    });
    expect(empty.map(identity)).toEqual([]);
  });

  it('names only accounts, Secrets, ConfigMaps, claims and nodes that exist', () => {
    const lost = podSpecs.flatMap(({ object, spec }) => {
      const at = namespace(object);
      const projected = listAt(spec, 'volumes').flatMap((volume) => listAt(mapAt(volume, 'projected'), 'sources'));
      const env = containers(spec).flatMap((container) => listAt(container, 'env').map((entry) => mapAt(entry, 'valueFrom')));
      const envFrom = containers(spec).flatMap((container) => listAt(container, 'envFrom'));
      const mirror = listAt(mapAt(object, 'metadata'), 'ownerReferences').some((owner) => kind(owner) === 'Node');
      const wanted = [
        ...(mirror ? [] : [`ServiceAccount ${at}/${textAt(spec, 'serviceAccountName') || 'default'}`]),
        ...(textAt(spec, 'nodeName') ? [`Node /${textAt(spec, 'nodeName')}`] : []),
        ...listAt(spec, 'volumes').flatMap((volume) => [
          textAt(mapAt(volume, 'secret'), 'secretName') && `Secret ${at}/${textAt(mapAt(volume, 'secret'), 'secretName')}`,
          textAt(mapAt(volume, 'configMap'), 'name') && `ConfigMap ${at}/${textAt(mapAt(volume, 'configMap'), 'name')}`,
          textAt(mapAt(volume, 'persistentVolumeClaim'), 'claimName') &&
            `PersistentVolumeClaim ${at}/${textAt(mapAt(volume, 'persistentVolumeClaim'), 'claimName')}`,
        ]),
        ...projected.map(
          (source) => textAt(mapAt(source, 'configMap'), 'name') && `ConfigMap ${at}/${textAt(mapAt(source, 'configMap'), 'name')}`,
        ),
        ...env.map((from) => textAt(mapAt(from, 'secretKeyRef'), 'name') && `Secret ${at}/${textAt(mapAt(from, 'secretKeyRef'), 'name')}`),
        ...envFrom.map((from) => textAt(mapAt(from, 'secretRef'), 'name') && `Secret ${at}/${textAt(mapAt(from, 'secretRef'), 'name')}`),
      ];
      return wanted.filter((reference) => reference !== '' && !exists(reference)).map((reference) => `${identity(object)}: ${reference}`);
    });
    expect(lost).toEqual([]);
  });

  it('mounts only volumes that the pod has, where it is a pod', () => {
    const lost = ofKind('Pod').flatMap((pod) => {
      const volumes = new Set(listAt(podSpec(pod), 'volumes').map((volume) => textAt(volume, 'name')));
      return containers(podSpec(pod)).flatMap((container) =>
        listAt(container, 'volumeMounts')
          .filter((mount) => !volumes.has(textAt(mount, 'name')))
          .map((mount) => `${identity(pod)}: ${textAt(mount, 'name')}`),
      );
    });
    expect(lost).toEqual([]);
  });

  it('writes digests in full', () => {
    const images = podSpecs.flatMap(({ spec }) => containers(spec).map((container) => textAt(container, 'image')));
    expect(images.filter((image) => image === '' || (image.includes('@') && !/@sha256:[0-9a-f]{64}$/.test(image)))).toEqual([]);
  });

  it('runs in its pods what the template says, and more only where the Vault injector or a debugger added it', () => {
    const extra = ofKind('Pod').flatMap((pod) => {
      let owner: Json | undefined = pod;
      while (owner !== undefined && (owner === pod || Object.keys(podSpec(owner)).length === 0)) {
        const reference: Json | undefined = listAt(mapAt(owner, 'metadata'), 'ownerReferences')[0];
        owner = reference && known.get(`${kind(reference)} ${namespace(pod)}/${textAt(reference, 'name')}`);
      }
      if (owner === undefined) return [];
      const image = (container: Json) => `${textAt(container, 'name')}=${textAt(container, 'image')}`;
      const wanted = containers(podSpec(owner)).map(image);
      const got = containers(podSpec(pod));
      expect(got.map(image)).toEqual(expect.arrayContaining(wanted));
      return got
        .filter((container) => !wanted.includes(image(container)))
        .map((container) => `${labelsOf(pod)['app']}: ${textAt(container, 'name')}`);
    });
    expect([...new Set(extra)].sort()).toEqual(['orders-api: vault-agent', 'payments-api: vault-agent', 'search-api: debugger-x9v2k']);
  });

  it('keeps Secrets to their names and types', () => {
    const secrets = ofKind('Secret');
    expect(secrets.length).toBeGreaterThan(10);
    expect(secrets.filter((secret) => 'data' in secret || 'stringData' in secret || !textAt(secret, 'type')).map(identity)).toEqual([]);
  });

  it('holds nothing that looks like a credential', () => {
    expect(text).not.toMatch(/-----BEGIN|eyJ[A-Za-z0-9_-]{10}|AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20}|xox[abp]-|[A-Za-z0-9+/]{80,}/);
  });

  it('covers the control-plane node by the log shipper, and misses it by the runtime sensor', () => {
    const nodesOf = (app: string) =>
      new Set(
        ofKind('Pod')
          .filter((pod) => labelsOf(pod)['app'] === app)
          .map((pod) => textAt(podSpec(pod), 'nodeName')),
      );
    const nodes = ofKind('Node').map(name);
    expect([...nodesOf('fluent-bit')].sort()).toEqual([...nodes].sort());
    expect(nodes.filter((node) => !nodesOf('falco').has(node))).toEqual(['shop-cp-1']);
  });
});
