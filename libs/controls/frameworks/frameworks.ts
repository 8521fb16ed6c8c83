import { cisKubernetes } from './cis-kubernetes.js';
import { mitreAttack } from './mitre-attack.js';
import { nist800190 } from './nist-800-190.js';
import { nist80053 } from './nist-800-53.js';
import { nsaCisa } from './nsa-cisa.js';
import { owaspKubernetes } from './owasp-kubernetes.js';
import { pciDss } from './pci-dss.js';
import { podSecurityStandards } from './pod-security-standards.js';
import { soc2 } from './soc2.js';

/** What an item asks for, in our own words. `outside`: why no evidence of a cluster can answer it. */
export type ItemText = string | { readonly title: string; readonly outside: string };

export interface Framework {
  readonly title: string;
  readonly version: string;
  /** Where its publisher has it. */
  readonly source: string;
  /** What is in it here, and how its items are to be read. */
  readonly about: string;
  readonly items: Readonly<Record<string, ItemText>>;
}

const wider = 'Items ask for more than a cluster shows: where one passes, the cluster\'s part in it is as asked, and the rest is for an auditor to see.';

/** Frameworks as data. Numbers are facts; titles are our own words. */
export const frameworks = {
  'cis-kubernetes': {
    title: 'CIS Kubernetes Benchmark', version: '1.12', source: 'https://www.cisecurity.org/benchmark/kubernetes',
    about: 'Every recommendation. 2.0 kept the numbers.', items: cisKubernetes,
  },
  pss: {
    title: 'Pod Security Standards', version: 'of each server', source: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    about: 'Every check of baseline and restricted, by the rules of the version that the API server runs.', items: podSecurityStandards,
  },
  'nsa-cisa': {
    title: 'NSA/CISA Kubernetes Hardening Guide', version: '1.2', source: 'https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF',
    about: 'The guide numbers nothing: items are named by its sections.', items: nsaCisa,
  },
  'nist-800-190': {
    title: 'NIST SP 800-190', version: '2017', source: 'https://csrc.nist.gov/pubs/sp/800/190/final',
    about: 'The countermeasures of section 4, each against the risk of the same number in section 3.', items: nist800190,
  },
  'nist-800-53': {
    title: 'NIST SP 800-53', version: 'Revision 5', source: 'https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final',
    about: `The controls and enhancements that a cluster can say something of, and some neighbours that it cannot. ${wider}`, items: nist80053,
  },
  'mitre-attack': {
    title: 'MITRE ATT&CK for Containers', version: '19', source: 'https://attack.mitre.org/matrices/enterprise/containers/',
    about: 'Every technique of the matrix for containers. Items are what attackers do: one passes where what makes it harder is in place, which does not rule it out.', items: mitreAttack,
  },
  'owasp-kubernetes': {
    title: 'OWASP Kubernetes Top Ten', version: '2025', source: 'https://owasp.org/www-project-kubernetes-top-ten/',
    about: 'All ten. Items are risks: one passes where none of the controls against it fails.', items: owaspKubernetes,
  },
  'pci-dss': {
    title: 'PCI DSS', version: '4.0.1', source: 'https://www.pcisecuritystandards.org/document_library/',
    about: `The requirements that apply to a cluster and its workloads. ${wider}`, items: pciDss,
  },
  soc2: {
    title: 'SOC 2', version: '2017, points of focus of 2022', source: 'https://www.aicpa-cima.com/resources/download/2017-trust-services-criteria-with-revised-points-of-focus-2022',
    about: `The trust services criteria for security, availability and confidentiality. ${wider}`, items: soc2,
  },
} as const satisfies Record<string, Framework>;

export type FrameworkId = keyof typeof frameworks;
export type FrameworkItem<F extends FrameworkId> = keyof (typeof frameworks)[F]['items'] & string;

/** An item that a whole control answers, or one of its parts or rules: `1.3.2#profiling`. */
export type ItemAnswered<F extends FrameworkId> = FrameworkItem<F> | `${FrameworkItem<F>}#${string}`;

/** Items that a control answers, by framework; a number that does not exist does not compile. */
export type FrameworkItems = { readonly [F in FrameworkId]?: readonly ItemAnswered<F>[] };

export const frameworkIds = Object.keys(frameworks) as readonly FrameworkId[];
export const isFrameworkId = (id: string): id is FrameworkId => Object.hasOwn(frameworks, id);
