import type { Container, Labels, SeLinuxOptions } from '../facts.js';
import { both, brokenIn, eachContainer, kept, type Rule } from './rule.js';

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const isConfining = (profile: string): boolean => profile === 'RuntimeDefault' || profile === 'Localhost';

const appArmorField = ['securityContext.appArmorProfile.type'];
const appArmorOfContainers = eachContainer(({ securityContext }) => (securityContext?.appArmorProfile === undefined || isConfining(securityContext.appArmorProfile) ? kept : appArmorField));

const brokenAnnotations = (annotations: Labels | undefined, breaks: (name: string, value: string) => boolean): readonly string[] =>
  annotations === undefined ? kept : Object.keys(annotations).filter((name) => breaks(name, annotations[name]!)).map((name) => `metadata.annotations[${name}]`);

/** Fields and annotations alike at every version; an annotation counts whether or not there is a container of its name. */
export const appArmorProfile: Rule = (template) => {
  const ofPod = template.securityContext?.appArmorProfile;
  const fields = both(ofPod === undefined || isConfining(ofPod) ? kept : ['spec.securityContext.appArmorProfile.type'], appArmorOfContainers(template));
  const annotations = brokenAnnotations(template.annotations, (name, profile) =>
    name.startsWith(appArmorPrefix) && profile !== '' && profile !== 'runtime/default' && !profile.startsWith('localhost/'));
  return both(fields, annotations);
};

const seccompOfPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompPrefix = 'container.seccomp.security.alpha.kubernetes.io/';

/** Before 1.19, annotations, of the pod and of containers that are there. */
export const seccompAnnotations: Rule = ({ annotations, containers }) => {
  if (annotations === undefined) return kept;
  const names = new Set(containers.map(({ name }) => name));
  return brokenAnnotations(annotations, (name, profile) =>
    (name === seccompOfPod || (name.startsWith(seccompPrefix) && names.has(name.slice(seccompPrefix.length)))) &&
    profile !== 'runtime/default' && profile !== 'docker/default' && !profile.startsWith('localhost/'));
};

const seccompField = ['securityContext.seccompProfile.type'];
const seccompPodField = ['spec.securityContext.seccompProfile.type'];
const loosens = ({ securityContext }: Container): readonly string[] => (securityContext?.seccompProfile === undefined || isConfining(securityContext.seccompProfile) ? kept : seccompField);
const saysNoSeccomp = ({ securityContext }: Container): readonly string[] => (securityContext?.seccompProfile === undefined ? seccompField : kept);

/** A profile of the pod counts even where every container has one of its own. */
export const seccompBaseline: Rule = ({ containers, securityContext }) => {
  const ofPod = securityContext?.seccompProfile;
  return both(ofPod === undefined || isConfining(ofPod) ? kept : seccompPodField, brokenIn(containers, loosens));
};

/** Besides, every container needs a profile, its own or the pod's. Where one is loosened, that alone is named, as upstream does. */
export const seccompRestricted: Rule = (template) => {
  const loosened = seccompBaseline(template);
  return loosened.length > 0 || template.securityContext?.seccompProfile !== undefined ? loosened : brokenIn(template.containers, saysNoSeccomp);
};

const procMountField = ['securityContext.procMount'];
export const procMount: Rule = eachContainer(({ securityContext }) => (securityContext?.procMount === undefined || securityContext.procMount === 'Default' ? kept : procMountField));

/** `types`: those that may be set. Users and roles may not. */
export function seLinuxOptions(types: ReadonlySet<string>): Rule {
  const fieldsOf = (options: SeLinuxOptions | undefined): readonly string[] => {
    if (options === undefined) return kept;
    const fields: string[] = [];
    if (options.type !== undefined && !types.has(options.type)) fields.push('securityContext.seLinuxOptions.type');
    if (options.user !== undefined) fields.push('securityContext.seLinuxOptions.user');
    if (options.role !== undefined) fields.push('securityContext.seLinuxOptions.role');
    return fields;
  };
  const ofContainers = eachContainer(({ securityContext }) => fieldsOf(securityContext?.seLinux));
  return (template) => {
    const ofPod = fieldsOf(template.securityContext?.seLinux);
    return both(ofPod.length === 0 ? kept : ofPod.map((field) => `spec.${field}`), ofContainers(template));
  };
}

/** `names`: those that may be set, in the spelling with dots alone. */
export const sysctls = (names: ReadonlySet<string>): Rule => ({ securityContext }) => {
  const given = securityContext?.sysctls;
  if (given === undefined) return kept;
  const fields: string[] = [];
  for (const [index, name] of given.entries()) if (!names.has(name)) fields.push(`spec.securityContext.sysctls[${index}].name`);
  return fields;
};
