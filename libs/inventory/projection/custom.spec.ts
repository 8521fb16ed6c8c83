import { describe, expect, it } from 'vitest';
import { projectCustom } from './custom.js';

const id = { namespace: 'shop', name: 'web' };

describe('facts of custom resources', () => {
  it('keep a spec as it stands', () => {
    expect(projectCustom('httproutes.gateway.networking.k8s.io', { spec: { hostnames: ['a.example'] } }, id).spec).toEqual({ hostnames: ['a.example'] });
  });

  it('are none of what is not of its kind\'s shape', () => {
    const route = (spec: unknown) => () => projectCustom('httproutes.gateway.networking.k8s.io', { spec }, id);
    expect(route({ hostnames: 'a.example' })).toThrow('spec.hostnames is not a list');
    expect(route({ rules: [{ backendRefs: [{ name: 'web', port: '80' }] }] })).toThrow('spec.rules[0].backendRefs[0].port is not a number');
    expect(route({ rules: [null] })).toThrow('spec.rules[0] is not an object');
    expect(() => projectCustom('applications.argoproj.io', { spec: { source: 'https://git.example' } }, id)).toThrow('spec.source is not an object');
    expect(() => projectCustom('kongplugins.configuration.konghq.com', { plugin: 'rate-limiting', disabled: 'true' }, id)).toThrow('disabled is not true or false');
  });

  it('keep whatever a network policy says, whose readers doubt it', () => {
    expect(projectCustom('ciliumnetworkpolicies.cilium.io', { spec: { ingress: 'all' } }, id).spec).toEqual({ ingress: 'all' });
  });

  it('take a field that is null for absent, as the API server does, and leave what may hold anything as it is', () => {
    expect(projectCustom('httproutes.gateway.networking.k8s.io', { spec: { hostnames: null, rules: [{ matches: null, filters: [{ type: 'URLRewrite' }] }] } }, id).spec).toEqual({ rules: [{ filters: [{ type: 'URLRewrite' }] }] });
    expect(projectCustom('ciliumnetworkpolicies.cilium.io', { spec: null, specs: [{ ingress: null, egress: [{}] }] }, id)).toMatchObject({ spec: {}, specs: [{ egress: [{}] }] });
    const pattern = { spec: { hostNetwork: null } };
    expect(projectCustom('clusterpolicies.kyverno.io', { spec: { rules: [{ validate: { pattern } }] } }, id).spec).toEqual({ rules: [{ validate: { pattern } }] });
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

  it('take what other Kong plugins call the same for none of theirs', () => {
    expect(projectCustom('kongplugins.configuration.konghq.com', { plugin: 'acl', config: { allow: 'staff' } }, id).spec).toEqual({ plugin: 'acl', disabled: false, global: false, allow: [] });
  });
});
