/** OWASP Kubernetes Top Ten, 2025. Titles are our own words. */
export const owaspKubernetes = {
  K01: 'Workloads are configured weaker than they need to be',
  K02: 'Permissions reach further than they need to',
  K03: 'Secrets are badly kept',
  K04: 'No policy of the cluster stops what should not run',
  K05: 'The network is not divided',
  K06: 'Components of the cluster are open to those who need not reach them',
  K07: 'Components of the cluster are badly configured, or have known flaws',
  K08: 'The cluster is a way into the cloud beneath it',
  K09: 'Who somebody is, is badly proven',
  K10: 'Too little is logged and watched',
} as const;
