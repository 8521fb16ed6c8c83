import type { Container } from '../facts.js';
import { both, brokenIn, eachContainer, kept, type Rule } from './rule.js';

const privilegedField = ['securityContext.privileged'];
export const privileged: Rule = eachContainer(({ securityContext }) => (securityContext?.privileged === true ? privilegedField : kept));

const escalationField = ['securityContext.allowPrivilegeEscalation'];
/** Has to be false; what is left out counts as true. */
export const allowPrivilegeEscalation: Rule = eachContainer(({ securityContext }) => (securityContext?.allowPrivilegeEscalation === false ? kept : escalationField));

/** What container runtimes give by default, without NET_RAW. */
const defaultCapabilities = new Set([
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT',
]);

const addField = ['securityContext.capabilities.add'];
const dropField = ['securityContext.capabilities.drop'];
const addAndDropFields = [...addField, ...dropField];

/** Names are compared as they are written: neither CAP_CHOWN nor chown is in the set. */
export const capabilitiesBaseline: Rule = eachContainer(({ securityContext }) =>
  securityContext?.capabilities?.add.some((name) => !defaultCapabilities.has(name)) === true ? addField : kept);

export const capabilitiesRestricted: Rule = eachContainer(({ securityContext }) => {
  const capabilities = securityContext?.capabilities;
  const adds = capabilities?.add.some((name) => name !== 'NET_BIND_SERVICE') ?? false;
  const dropsAll = capabilities?.drop.includes('ALL') ?? false;
  return adds ? (dropsAll ? addField : addAndDropFields) : dropsAll ? kept : dropField;
});

const nonRootField = ['securityContext.runAsNonRoot'];
const saysRoot = ({ securityContext }: Container): readonly string[] => (securityContext?.runAsNonRoot === false ? nonRootField : kept);
const saysNothingOfRoot = ({ securityContext }: Container): readonly string[] => (securityContext?.runAsNonRoot === undefined ? nonRootField : kept);

/**
 * Nobody may say false, and every container needs a true, its own or the pod's. Where somebody says false, that
 * alone is named, as upstream does.
 */
export const runAsNonRoot: Rule = ({ containers, securityContext }) => {
  const said = both(securityContext?.runAsNonRoot === false ? ['spec.securityContext.runAsNonRoot'] : kept, brokenIn(containers, saysRoot));
  return said.length > 0 || securityContext?.runAsNonRoot === true ? said : brokenIn(containers, saysNothingOfRoot);
};

const userField = ['securityContext.runAsUser'];
const userOfContainers = eachContainer(({ securityContext }) => (securityContext?.runAsUser === 0 ? userField : kept));

export const runAsUser: Rule = (template) => both(template.securityContext?.runAsUser === 0 ? ['spec.securityContext.runAsUser'] : kept, userOfContainers(template));
