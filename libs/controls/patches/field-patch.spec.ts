import { describe, expect, it } from 'vitest';
import { templateOfObject } from '#inventory/pod-security/template-of-object.js';
import type { WorkloadSubject } from '../engine/scope.js';
import { withoutFields } from './field-patch.js';

const named = (name: string) => ({ name, image: 'registry.example/app:1' });
const pod = { kind: 'Pod', metadata: {}, spec: { containers: [named('a'), named('b')], initContainers: [named('c')], ephemeralContainers: [named('d')] } };

function subject(kind: string, isOwn = true): WorkloadSubject {
  const found = templateOfObject(pod);
  if (found?.outcome !== 'template') throw new Error('no template');
  return { workload: { group: 'apps', kind, namespace: 'shop', name: 'web', templates: [0], serviceAccount: 'default', isMirror: false, pods: 1 }, template: found.template, isOwn };
}

const ofContainer = 'spec.containers[1].securityContext.procMount';

describe('a patch without fields', () => {
  it('takes them out of the pod, of containers by their names, and of annotations', () => {
    const fields = ['spec.securityContext.seLinuxOptions.user', 'spec.securityContext.seLinuxOptions.role', ofContainer, 'spec.initContainers[0].securityContext.appArmorProfile', 'metadata.annotations[a.example/b]'];
    expect(withoutFields(subject('Deployment'), fields)).toEqual({
      spec: { template: {
        metadata: { annotations: { 'a.example/b': null } },
        spec: {
          securityContext: { seLinuxOptions: { user: null, role: null } },
          containers: [{ name: 'b', securityContext: { procMount: null } }],
          initContainers: [{ name: 'c', securityContext: { appArmorProfile: null } }],
        },
      } },
    });
  });

  it('changes a container once, whatever is taken from it', () => {
    expect(withoutFields(subject('CronJob'), [ofContainer, 'spec.containers[1].securityContext.privileged'])).toEqual({
      spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'b', securityContext: { procMount: null, privileged: null } }] } } } } },
    });
  });

  it('is none where a field is not the workload\'s to change', () => {
    expect(withoutFields(subject('Deployment'), ['spec.ephemeralContainers[0].securityContext.procMount'])).toBeUndefined();
    expect(withoutFields(subject('Deployment', false), [ofContainer])).toBeUndefined();
    expect(withoutFields(subject('Pod'), [ofContainer])).toBeUndefined();
  });
});
