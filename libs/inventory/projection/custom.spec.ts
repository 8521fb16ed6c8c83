import { describe, expect, it } from 'vitest';
import { projectCustom } from './custom.js';

const id = { namespace: 'shop', name: 'web' };

describe('facts of custom resources', () => {
  it('keep a spec as it stands', () => {
    expect(projectCustom('httproutes.gateway.networking.k8s.io', { spec: { hostnames: ['a.example'] } }, id).spec).toEqual({ hostnames: ['a.example'] });
  });

  it('never hold the private key of an OpenShift route', () => {
    const tls = { termination: 'edge', certificate: 'PEM', key: 'PRIVATE', caCertificate: 'PEM', insecureEdgeTerminationPolicy: 'Redirect' };
    expect(projectCustom('routes.route.openshift.io', { spec: { host: 'a.example', tls } }, id).spec)
      .toEqual({ host: 'a.example', tls: { termination: 'edge', insecureEdgeTerminationPolicy: 'Redirect', hasCertificate: true } });
    expect(projectCustom('routes.route.openshift.io', { spec: { host: 'a.example' } }, id).spec).toEqual({ host: 'a.example' });
  });

  it('keep of a middleware what it limits, and of others the name alone', () => {
    const spec = { rateLimit: { average: 10 }, headers: { customRequestHeaders: { Authorization: 'Basic c2VjcmV0' } } };
    expect(projectCustom('middlewares.traefik.io', { spec }, id).spec).toEqual({ rateLimit: { average: 10 }, headers: {} });
  });

  it('keep of a Kong plugin which it is and whom it lets in', () => {
    const raw = { plugin: 'ip-restriction', config: { allow: ['192.0.2.0/24'], redis: { password: 'secret' } }, metadata: { labels: { global: 'true' } } };
    expect(projectCustom('kongclusterplugins.configuration.konghq.com', raw, id).spec).toEqual({ plugin: 'ip-restriction', disabled: false, global: true, allow: ['192.0.2.0/24'] });
  });
});
