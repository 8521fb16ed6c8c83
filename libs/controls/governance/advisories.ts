import type { Severity } from '../engine/control.js';

/** Published weakness of Kubernetes itself, with the versions that have it. */
export interface Advisory {
  readonly id: `CVE-${number}-${number}`;
  readonly component: 'kube-apiserver' | 'kube-controller-manager' | 'kubelet' | 'kube-proxy';
  /** What it lets somebody do, in our words. */
  readonly what: string;
  readonly severity: Severity;
  readonly published: string;
  readonly source: string;
  /** First version that has it, and the one that mends it, by release line; '0' is the beginning. */
  readonly affected: readonly (readonly [from: string, fixed: string])[];
  /** Only nodes of this operating system have it. */
  readonly os?: 'windows';
}

/** An advisory that no release mends: every version has it, and a setting is what helps. */
export type UnfixedAdvisory = Pick<Advisory, 'id' | 'what' | 'published' | 'source'> & { readonly mitigation: string };

/** The day up to which advisories were gathered. */
export const ADVISORIES_AS_OF = '2026-10-29';

const issue = (number: number): string => `https://github.com/kubernetes/kubernetes/issues/${number}`;

/**
 * Advisories of the Kubernetes Security Response Committee since 2021 on what runs in a cluster, from its official
 * CVE feed (kubernetes.io/docs/reference/issues-security/official-cve-feed), its OSV form (kubernetes-sigs/cve-feed-osv)
 * and the issues and mails that they link; severities are those of the advisories. Left out are clients (kubectl),
 * projects with versions of their own (ingress-nginx, CSI drivers, image-builder), dependencies, and CVE-2021-3121, of
 * which upstream found no effect on Kubernetes.
 */
export const advisories: readonly Advisory[] = [
  { id: 'CVE-2021-25735', component: 'kube-apiserver', what: 'an update of a Node passes validating webhooks that compare it with what it was', severity: 'medium', published: '2021-04-14', source: issue(100096), affected: [['0', '1.18.18'], ['1.19.0', '1.19.10'], ['1.20.0', '1.20.6']] },
  { id: 'CVE-2021-25736', component: 'kube-proxy', what: 'a process on a Windows node gets traffic meant for a load balancer', severity: 'medium', published: '2021-05-10', source: 'https://groups.google.com/g/kubernetes-security-announce/c/lIoOPObO51Q', affected: [['0', '1.18.18'], ['1.19.0', '1.19.10'], ['1.20.0', '1.20.6']], os: 'windows' },
  { id: 'CVE-2021-25737', component: 'kube-apiserver', what: 'an EndpointSlice sends traffic of pods to their node\'s own addresses', severity: 'low', published: '2021-05-18', source: issue(102106), affected: [['1.16.0', '1.18.19'], ['1.19.0', '1.19.11'], ['1.20.0', '1.20.7'], ['1.21.0', '1.21.1']] },
  { id: 'CVE-2021-25741', component: 'kubelet', what: 'a subPath mount with a swapped link reaches files of the node', severity: 'high', published: '2021-09-13', source: issue(104980), affected: [['0', '1.19.15'], ['1.20.0', '1.20.11'], ['1.21.0', '1.21.5'], ['1.22.0', '1.22.2']] },
  { id: 'CVE-2022-3172', component: 'kube-apiserver', what: 'an aggregated API server redirects clients, with their credentials, to any address', severity: 'medium', published: '2022-09-16', source: issue(112513), affected: [['0', '1.22.14'], ['1.23.0', '1.23.11'], ['1.24.0', '1.24.5'], ['1.25.0', '1.25.1']] },
  { id: 'CVE-2021-25749', component: 'kubelet', what: 'a Windows container runs as administrator in spite of runAsNonRoot', severity: 'low', published: '2022-09-15', source: issue(112192), affected: [['1.20.0', '1.22.14'], ['1.23.0', '1.23.11'], ['1.24.0', '1.24.5']], os: 'windows' },
  { id: 'CVE-2022-3162', component: 'kube-apiserver', what: 'who may list one custom resource reads others of its API group', severity: 'medium', published: '2022-11-10', source: issue(113756), affected: [['0', '1.22.16'], ['1.23.0', '1.23.14'], ['1.24.0', '1.24.8'], ['1.25.0', '1.25.4']] },
  { id: 'CVE-2022-3294', component: 'kube-apiserver', what: 'who may change Node objects has the API server reach into its own network', severity: 'medium', published: '2022-11-10', source: issue(113757), affected: [['0', '1.22.16'], ['1.23.0', '1.23.14'], ['1.24.0', '1.24.8'], ['1.25.0', '1.25.4']] },
  { id: 'CVE-2023-2431', component: 'kubelet', what: 'a pod with an empty Localhost seccomp profile runs without any', severity: 'low', published: '2023-06-15', source: issue(118690), affected: [['0', '1.24.14'], ['1.25.0', '1.25.10'], ['1.26.0', '1.26.5'], ['1.27.0', '1.27.2']] },
  { id: 'CVE-2023-2727', component: 'kube-apiserver', what: 'an ephemeral container runs an image that ImagePolicyWebhook refuses', severity: 'medium', published: '2023-06-15', source: issue(118640), affected: [['0', '1.24.15'], ['1.25.0', '1.25.11'], ['1.26.0', '1.26.6'], ['1.27.0', '1.27.3']] },
  { id: 'CVE-2023-2728', component: 'kube-apiserver', what: 'an ephemeral container takes Secrets that its service account may not mount', severity: 'medium', published: '2023-06-15', source: issue(118640), affected: [['0', '1.24.15'], ['1.25.0', '1.25.11'], ['1.26.0', '1.26.6'], ['1.27.0', '1.27.3']] },
  { id: 'CVE-2023-3676', component: 'kubelet', what: 'who may create pods runs commands as administrator of Windows nodes', severity: 'high', published: '2023-08-23', source: issue(119339), affected: [['0', '1.24.17'], ['1.25.0', '1.25.13'], ['1.26.0', '1.26.8'], ['1.27.0', '1.27.5'], ['1.28.0', '1.28.1']], os: 'windows' },
  { id: 'CVE-2023-3955', component: 'kubelet', what: 'who may create pods runs commands as administrator of Windows nodes', severity: 'high', published: '2023-08-23', source: issue(119595), affected: [['0', '1.24.17'], ['1.25.0', '1.25.13'], ['1.26.0', '1.26.8'], ['1.27.0', '1.27.5'], ['1.28.0', '1.28.1']], os: 'windows' },
  { id: 'CVE-2023-5528', component: 'kubelet', what: 'who may create pods and volumes becomes administrator of Windows nodes', severity: 'high', published: '2023-11-14', source: issue(121879), affected: [['1.8.0', '1.25.16'], ['1.26.0', '1.26.11'], ['1.27.0', '1.27.8'], ['1.28.0', '1.28.4']], os: 'windows' },
  { id: 'CVE-2024-3177', component: 'kube-apiserver', what: 'envFrom takes Secrets that a service account may not mount', severity: 'low', published: '2024-04-16', source: issue(124336), affected: [['0', '1.27.13'], ['1.28.0', '1.28.9'], ['1.29.0', '1.29.4']] },
  { id: 'CVE-2024-5321', component: 'kubelet', what: 'every user of a Windows node reads and changes container logs', severity: 'medium', published: '2024-07-17', source: issue(126161), affected: [['0', '1.27.16'], ['1.28.0', '1.28.12'], ['1.29.0', '1.29.7'], ['1.30.0', '1.30.3']], os: 'windows' },
  // By OrderedNamespaceDeletion, on by default since 1.33.
  { id: 'CVE-2024-7598', component: 'kube-apiserver', what: 'pods of a namespace that is deleted run on for a while without its network policies', severity: 'low', published: '2025-03-20', source: issue(126587), affected: [['1.3.0', '1.33.0']] },
  { id: 'CVE-2024-10220', component: 'kubelet', what: 'a gitRepo volume runs commands on the node', severity: 'high', published: '2024-11-20', source: issue(128885), affected: [['0', '1.28.12'], ['1.29.0', '1.29.7'], ['1.30.0', '1.30.3']] },
  { id: 'CVE-2024-9042', component: 'kubelet', what: 'who may query a Windows node\'s logs runs commands on it', severity: 'medium', published: '2025-01-15', source: issue(129654), affected: [['0', '1.29.13'], ['1.30.0', '1.30.9'], ['1.31.0', '1.31.5'], ['1.32.0', '1.32.1']], os: 'windows' },
  { id: 'CVE-2025-0426', component: 'kubelet', what: 'unauthenticated requests to the read-only port fill the node\'s disk with checkpoints', severity: 'medium', published: '2025-02-13', source: issue(130016), affected: [['0', '1.29.14'], ['1.30.0', '1.30.10'], ['1.31.0', '1.31.6'], ['1.32.0', '1.32.2']] },
  { id: 'CVE-2025-4563', component: 'kube-apiserver', what: 'a node\'s mirror pods take dynamic resources that it was not given', severity: 'low', published: '2025-06-19', source: issue(132151), affected: [['1.32.0', '1.32.6'], ['1.33.0', '1.33.2']] },
  { id: 'CVE-2025-5187', component: 'kube-apiserver', what: 'a node deletes its own Node object, and comes back without its taints and labels', severity: 'medium', published: '2025-08-11', source: issue(133471), affected: [['0', '1.31.12'], ['1.32.0', '1.32.8'], ['1.33.0', '1.33.4']] },
  { id: 'CVE-2025-13281', component: 'kube-controller-manager', what: 'a Portworx StorageClass reads unprotected addresses of the control plane\'s network', severity: 'medium', published: '2025-11-30', source: issue(135525), affected: [['1.30.0', '1.32.10'], ['1.33.0', '1.33.6'], ['1.34.0', '1.34.2']] },
  { id: 'CVE-2026-2270', component: 'kube-controller-manager', what: 'who may write StatefulSets and ControllerRevisions of one namespace creates pods in another', severity: 'medium', published: '2026-09-23', source: issue(142097), affected: [['0', '1.34.12'], ['1.35.0', '1.35.9'], ['1.36.0', '1.36.5'], ['1.37.0', '1.37.1']] },
  { id: 'CVE-2026-76654', component: 'kubelet', what: 'a subPath link to a foreign share has a Windows node show its password hash', severity: 'medium', published: '2026-09-23', source: issue(142098), affected: [['0', '1.34.12'], ['1.35.0', '1.35.9'], ['1.36.0', '1.36.5'], ['1.37.0', '1.37.1']], os: 'windows' },
];

/** Source of the first three: kubernetes.io/blog/2026/05/21/reconciling-unfixed-kubernetes-cves. */
export const unfixedAdvisories: readonly UnfixedAdvisory[] = [
  { id: 'CVE-2020-8561', what: 'admission webhooks redirect the API server into its own network', published: '2021-09-01', source: issue(104720), mitigation: 'run the API server with --profiling=false and --v below 10' },
  { id: 'CVE-2020-8562', what: 'a name that resolves twice gets round the API server\'s check of where it proxies to', published: '2021-04-26', source: issue(101493), mitigation: 'give control plane nodes a caching resolver with a minimum time to live' },
  { id: 'CVE-2021-25740', what: 'who may write Endpoints or EndpointSlices sends traffic across namespaces', published: '2021-07-14', source: issue(103675), mitigation: 'let no person or workload write Endpoints and EndpointSlices' },
  { id: 'CVE-2025-1767', what: 'a gitRepo volume reads repositories of other pods on its node', published: '2025-03-13', source: issue(130786), mitigation: 'use no gitRepo volumes, and refuse them by an admission policy' },
];
