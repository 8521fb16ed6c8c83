import type { Container, PodTemplate } from '../facts.js';

const podAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
const containerAnnotation = 'container.seccomp.security.alpha.kubernetes.io/';

/** Where a seccomp setting was found, and the type it comes to; undefined where nothing is set. */
export interface SeccompSetting {
  /** RuntimeDefault, Localhost, Unconfined, or what somebody made up. */
  readonly type: string;
  readonly from: 'privileged' | 'container' | 'pod' | 'annotation';
}

/**
 * The setting the kubelet goes by: privileged runs without a filter whatever is written; then the container's
 * field, its annotation, the pod's field, the pod's annotation. Servers from 1.27 on read no annotation.
 */
export function seccompOf(template: PodTemplate, container: Container, readsAnnotations: boolean): SeccompSetting | undefined {
  if (container.securityContext?.privileged === true) return { type: 'Unconfined', from: 'privileged' };
  const annotations = readsAnnotations ? (template.annotations ?? {}) : {};
  const own = container.securityContext?.seccompProfile;
  if (own !== undefined) return { type: own, from: 'container' };
  const ownAnnotation = annotations[`${containerAnnotation}${container.name}`];
  if (ownAnnotation !== undefined) return { type: typeOf(ownAnnotation), from: 'annotation' };
  const ofPod = template.securityContext?.seccompProfile;
  if (ofPod !== undefined) return { type: ofPod, from: 'pod' };
  const annotationOfPod = annotations[podAnnotation];
  return annotationOfPod === undefined ? undefined : { type: typeOf(annotationOfPod), from: 'annotation' };
}

/** Whether the template or one of its containers is annotated the old way. */
export const hasSeccompAnnotation = (template: PodTemplate, container: Container): boolean =>
  Object.keys(template.annotations ?? {}).some((name) => name === podAnnotation || name === `${containerAnnotation}${container.name}`);

function typeOf(annotation: string): string {
  if (annotation === 'runtime/default' || annotation === 'docker/default') return 'RuntimeDefault';
  return annotation.startsWith('localhost/') ? 'Localhost' : 'Unconfined';
}
